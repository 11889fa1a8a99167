// Requests to the kernel: each has an id of its own, settles once, and is given up after a time limit.
import type { Buffers } from "./parts";
import type { BuilderReply, BuilderRequest, Reply, Request } from "./types";

/** The part of an anywidget model that we use. */
export interface Channel {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, callback: (content: unknown, buffers?: Buffers) => void): void;
  off(name: string, callback: (content: unknown, buffers?: Buffers) => void): void;
}

type Body<R> = R extends unknown ? Omit<R, "id" | "v"> : never;
type Asking<R, A> = (body: Body<R>, timeout?: number) => Promise<NonNullable<A> & { buffers?: Buffers }>;
export type Ask = Asking<Request, Reply["value"]>;
export type AskBuilder = Asking<BuilderRequest, BuilderReply["value"]>;

export class NoAnswer extends Error {}

/** The kernel's "no", with what else it says of it. */
export class Refusal extends Error {
  constructor(readonly reply: Reply | BuilderReply) {
    super(reply.error ?? "");
  }
}

export const TIMEOUT = 10_000;

// Replies reach every page that shows the kernel's widgets, so ids must differ between pages too.
export const PAGE = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
let count = 0;

export function requester(control: Channel, signal: AbortSignal, late: (seconds: number) => string): Ask & AskBuilder {
  const pending = new Map<string, (reply: Reply, buffers?: Buffers) => void>();
  const receive = (content: unknown, buffers?: Buffers) => {
    const reply = content as Reply;
    if (reply?.type === "reply") pending.get(reply.id)?.(reply, buffers);
  };
  control.on("msg:custom", receive);
  signal.addEventListener("abort", () => control.off("msg:custom", receive));

  return (body: object, timeout = TIMEOUT) =>
    new Promise((resolve, reject) => {
      const id = `${PAGE}-${++count}`;
      const settle = (action: () => void) => {
        if (!pending.delete(id)) return;
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        action();
      };
      const abort = () => settle(() => reject(signal.reason));
      const timer = setTimeout(() => settle(() => reject(new NoAnswer(late(timeout / 1000)))), timeout);
      pending.set(id, (reply, buffers) =>
        settle(() => {
          const { ok, value } = reply;
          if (!ok || !value) reject(new Refusal(reply));
          else resolve((buffers?.length ? { ...value, buffers } : value) as never);
        }),
      );
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort);
      control.send({ v: 1, id, ...body });
    });
}
