// Runs as the page knows them. A run object never changes: a new version replaces it.
import type { Cancel, End, ErrorInfo, Error as Failed, Start, Value } from "../wire/types";
import { textOf } from "../wire/values";

export type RunType = Start["type"];
export type Status = "waiting" | "running" | "streaming" | "done" | "failed" | "cancelled" | "skipped";

/** A run's chunks in columns; versions of a run share them and read only up to their own `chunks`. */
export interface ChunkLog {
  seqs: number[];
  ts: number[];
  texts: string[];
  values: (Value | undefined)[];
}

export interface Run {
  id: string;
  parent: string | null;
  root: string;
  depth: number;
  path: string;
  type: RunType;
  name: string;
  tags: string[];
  metadata: Record<string, Value>;
  seq: number;
  start: number;
  end: number | null;
  status: Status;
  input: Value | undefined;
  output: Value | undefined;
  error: ErrorInfo | null;
  reason: string | null;
  children: readonly string[];
  log: ChunkLog;
  chunks: number;
  /** Chunks that brought text, and the time of the first and of the last of them. */
  tokens: number;
  firstToken: number | null;
  lastToken: number | null;
}

export function startRun(event: Start, parent: Run | undefined): Run {
  return {
    id: event.run,
    parent: parent ? parent.id : null,
    root: parent ? parent.root : event.run,
    depth: parent ? parent.depth + 1 : 0,
    path: event.path,
    type: event.type,
    name: event.name,
    tags: event.tags,
    metadata: event.metadata,
    seq: event.seq,
    start: event.t,
    end: null,
    status: "running",
    input: event.has_input ? (event.input ?? null) : undefined,
    output: undefined,
    error: null,
    reason: null,
    children: [],
    log: { seqs: [], ts: [], texts: [], values: [] },
    chunks: 0,
    tokens: 0,
    firstToken: null,
    lastToken: null,
  };
}

export function endRun(run: Run, event: End | Failed | Cancel): Run {
  const next: Run = { ...run, end: event.t };
  if (event.kind !== "cancel" && event.has_input) next.input = event.input ?? null;
  if (event.kind === "end") return { ...next, status: "done", output: event.output ?? null };
  if (event.kind === "error") return { ...next, status: "failed", error: event.error };
  return { ...next, status: "cancelled", reason: event.reason };
}

export const isOpen = (run: Run) => run.end === null;
export const isModel = (run: Run) => run.type === "chat_model" || run.type === "llm";

export function duration(run: Run, now: number): number {
  return Math.max(0, (run.end ?? now) - run.start);
}

/** The text that the run streamed, or that of its output where it streamed none. */
export function textOfRun(run: Run): string {
  return run.tokens > 0 ? run.log.texts.slice(0, run.chunks).join("") : textOf(run.output);
}
