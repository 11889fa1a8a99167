// Made by `npm run types` from chainviz/wire/messages.py: do not edit.

/** JSON in which an object with a `$type` key stands for a typed Python value. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Everything that happened in a trace from `from_seq` up to, not including, `to_seq`. */
export interface Batch {
  from_seq: number;
  to_seq: number;
  events?: Event[];
  chunks?: Chunks[];
  patches?: Patch[];
  graphs?: RootGraph[];
  /** True once nothing more will follow. */
  closed: boolean;
}

export interface Cancel {
  kind: "cancel";
  seq: number;
  t: number;
  run: string;
  reason: string;
}

/** The chunks that one run made within a frame, in columns of equal length. A chunk that is text (a string, or a message whose only news is its text) stands in `texts`; any other has null there and its value at the same index of `values`, which is absent when every chunk is text. */
export interface Chunks {
  run: string;
  seqs: number[];
  ts: number[];
  texts: (string | null)[];
  values?: Value[] | null;
}

export interface Custom {
  kind: "custom";
  seq: number;
  t: number;
  run: string;
  name: string;
  data?: Value;
}

export interface Detail {
  value?: Value;
}

/** Ask for a value that a frame carried cut. */
export interface DetailRequest {
  v: 1;
  type: "detail";
  id: string;
  run: string;
  what: "input" | "output" | "error";
}

export interface Done {
  done?: boolean;
}

export interface End {
  kind: "end";
  seq: number;
  t: number;
  run: string;
  input?: Value;
  has_input: boolean;
  output?: Value;
}

export interface Error {
  kind: "error";
  seq: number;
  t: number;
  run: string;
  input?: Value;
  has_input: boolean;
  error: ErrorInfo;
}

export interface ErrorInfo {
  type: string;
  message: string;
  traceback: string;
}

export type Event = Start | End | Error | Cancel | Custom;

/** Pushed on the feed: what is new since the last frame. */
export interface Frame {
  v: 1;
  type: "frame";
  batch: Batch;
}

export interface Graph {
  root: GraphNode;
  /** JSON Schemas, each once. */
  schemas?: Record<string, Value>[];
  /** Texts to copy: 'python', 'mermaid', 'dot'. */
  exports?: Record<string, string>;
}

/** One step. Children of a `sequence` run one after another; of a `parallel` or `branch`, side by side. */
export interface GraphNode {
  /** Path id, e.g. 'seq:1/map:context'; the root's is ''. */
  id: string;
  kind: "sequence" | "parallel" | "branch" | "router" | "fallbacks" | "retry" | "each" | "assign" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser" | "lambda" | "passthrough" | "chain";
  name: string;
  class_name: string;
  /** What the parent calls this child: a key, a condition, 'default', … */
  slot?: string | null;
  params?: Record<string, Value>;
  input_type: string;
  output_type: string;
  /** Index into the graph's `schemas`. */
  input_schema?: number | null;
  output_schema?: number | null;
  doc?: string | null;
  source?: string | null;
  children?: GraphNode[];
}

/** One JSON Patch operation. `append` is ours: a `replace` of a string by itself plus `value`. */
export interface Op {
  op: "add" | "replace" | "append";
  path: string;
  value?: Value;
}

/** The operations that one event makes on the RunState of one root run. */
export interface Patch {
  root: string;
  seq: number;
  ops: Op[];
}

/** Answers one request, whatever became of it. */
export interface Reply {
  v: 1;
  type: "reply";
  id: string;
  ok: boolean;
  value?: Snapshot | Detail | Done | null;
  error?: string | null;
}

export type Request = Sync | DetailRequest | Stop;

/** The graph of the chain that a root run executes. */
export interface RootGraph {
  root: string;
  graph: Graph;
}

/** Answers `sync`: the trace from `have_seq` on, and what identifies it. Also what a saved page embeds. */
export interface Snapshot {
  trace: string;
  /** Wall clock of the trace's time zero, in ms since the epoch. */
  anchor: number;
  /** Milliseconds since the anchor when this was made; lets the page tick. */
  now: number;
  /** Whether the trace started its run itself, so that `stop` can stop it. */
  stoppable: boolean;
  batch: Batch;
}

/** A run began. `input` is absent while it still streams in; then the terminal event carries it. */
export interface Start {
  kind: "start";
  seq: number;
  t: number;
  run: string;
  parent: string | null;
  /** Path id of the step in the static graph of the root run; the root's is ''. */
  path: string;
  type: "chain" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser";
  name: string;
  tags: string[];
  metadata: Record<string, Value>;
  input?: Value;
  has_input: boolean;
}

/** Ask the run that `watch` started to stop; answered with an error where the trace has no such run. */
export interface Stop {
  v: 1;
  type: "stop";
  id: string;
}

/** Ask for everything from `have_seq` on; asked at the start, after a reload, and when a frame is missing. */
export interface Sync {
  v: 1;
  type: "sync";
  id: string;
  have_seq: number;
}
