// The golden messages, which the Python tests read too.
import type { Frame, Reply, Request, Snapshot } from "../src/wire/types";
import replyList from "./golden/replies.json";
import requestList from "./golden/requests.json";
import frameList from "./golden/retrieval-frames.json";
import retrieval from "./golden/retrieval-snapshot.json";

const copy = <T>(value: unknown): T => structuredClone(value) as T;

export const snapshot = (): Snapshot => copy(retrieval);
export const frames = (): Frame[] => copy(frameList);
export const replies = (): Reply[] => copy(replyList);
export const requests = (): Request[] => copy(requestList);
