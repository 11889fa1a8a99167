// A kernel's end of the wire, under the test's control.
import { vi } from "vitest";
import type { Channel } from "../src/wire/requests";
import type { Reply, Request, Snapshot } from "../src/wire/types";

export class FakeChannel implements Channel {
  readonly listeners = new Set<(content: unknown, buffers?: ArrayBuffer[]) => void>();
  readonly sent: Request[] = [];

  constructor(private readonly traits: Record<string, unknown> = {}) {}

  get(name: string): unknown {
    return this.traits[name];
  }

  send(content: unknown): void {
    this.sent.push(content as Request);
  }

  on(_name: string, callback: (content: unknown, buffers?: ArrayBuffer[]) => void): void {
    this.listeners.add(callback);
  }

  off(_name: string, callback: (content: unknown, buffers?: ArrayBuffer[]) => void): void {
    this.listeners.delete(callback);
  }

  push(content: unknown, buffers: ArrayBuffer[] = []): void {
    for (const listener of this.listeners) listener(content, buffers);
  }

  /** Answers the last request. */
  answer(reply: Partial<Reply>, buffers?: ArrayBuffer[]): void {
    this.push({ v: 1, type: "reply", id: this.sent.at(-1)?.id, ok: true, ...reply }, buffers);
  }

  answerSync(snapshot: Snapshot): void {
    this.answer({ value: snapshot });
  }
}

/** Until the check holds, on a slow machine too. */
export const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
