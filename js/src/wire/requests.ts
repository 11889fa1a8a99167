// Requests to the kernel: each has an id of its own, settles once, and is given up after a time limit.
import type { Buffers } from "./parts";
import type { Reply, Request } from "./types";

/** The part of an anywidget model that we use. */
export interface Channel {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, callback: (content: unknown, buffers?: Buffers) => void): void;
  off(name: string, callback: (content: unknown, buffers?: Buffers) => void): void;
}

type Body<R extends Request> = R extends Request ? Omit<R, "id" | "v"> : never;
type Answer = NonNullable<Reply["value"]>;
export type Ask = (body: Body<Request>, timeout?: number) => Promise<Answer & { buffers?: Buffers }>;

export class NoAnswer extends Error {}

export const TIMEOUT = 10_000;

// Replies reach every page that shows the kernel's widgets, so ids must differ between pages too.
export const PAGE = Array.from(crypto.getRandomValues(new Uint32Array(2)), (part) => part.toString(36)).join("");
let count = 0;

export function requester(control: Channel, signal: AbortSignal, late: (seconds: number) => string): Ask {
  const pending = new Map<string, (reply: Reply, buffers?: Buffers) => void>();
  const receive = (content: unknown, buffers?: Buffers) => {
    const reply = content as Reply;
    if (reply?.type === "reply") pending.get(reply.id)?.(reply, buffers);
  };
  control.on("msg:custom", receive);
  signal.addEventListener("abort", () => control.off("msg:custom", receive));

  return (body, timeout = TIMEOUT) =>
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
      pending.set(id, ({ ok, value, error }, buffers) =>
        settle(() => {
          if (!ok || !value) reject(new Error(error ?? ""));
          else resolve(buffers?.length ? { ...value, buffers } : value);
        }),
      );
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort);
      control.send({ v: 1, id, ...body });
    });
}
