// The golden messages, which the Python tests read too.
import type { BuilderReply, BuilderState, Columns, Frame, Reply, Request, Snapshot } from "../src/wire/types";
import talk from "./golden/builder.json";
import columnForms from "./golden/columns.json";
import filterList from "./golden/filters.json";
import replyList from "./golden/replies.json";
import requestList from "./golden/requests.json";
import frameList from "./golden/retrieval-frames.json";
import retrieval from "./golden/retrieval-snapshot.json";

const copy = <T>(value: unknown): T => structuredClone(value) as T;

/** What a builder's kernel said to a page. */
export const builderTalk = () => copy<{ replies: BuilderReply[]; state: BuilderState }>(talk);
export const snapshot = (): Snapshot => copy(retrieval);
export const frames = (): Frame[] => copy(frameList);
export const replies = (): Reply[] => copy(replyList);
/** Filters, and what is wrong with each in English; null where nothing is. */
export const filters = filterList as [string, string | null][];
export const requests = (): Request[] => copy(requestList);

/** A trace as a snapshot and in columns, with what a page then asks for. */
export function columns() {
  const { buffers, reply_buffers, ...rest } = copy<{
    snapshot: Snapshot;
    columns: Columns;
    buffers: string[];
    reply_buffers: string[];
    requests: Request[];
    replies: Reply[];
  }>(columnForms);
  const bytes = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
  return { ...rest, buffers: buffers.map(bytes), replyBuffers: reply_buffers.map(bytes) };
}
