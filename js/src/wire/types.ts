// Made by `npm run types` from chainviz/wire/messages.py: do not edit.

/** JSON in which an object with a `$type` key stands for a typed Python value. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** Add a key, a case or a spare step, empty. */
export interface AddSlot {
  op: "add_slot";
  node: string;
}

export interface ApplyFix {
  op: "fix";
  node: string;
  fix: string;
}

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
  /** How many events the kernel has let go for want of room. */
  dropped?: number;
}

/** One step of the chain that is built. The root is a sequence, always; it has one child at least. */
export interface BuilderNode {
  /** Stays the same through moves, edits, undo and redo. */
  id: string;
  kind: "sequence" | "parallel" | "branch" | "router" | "fallbacks" | "retry" | "each" | "assign" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser" | "lambda" | "passthrough" | "graph" | "start" | "end" | "chain";
  component: string;
  label: string;
  /** The name of the Python variable that it is kept in. */
  variable: string | null;
  /** What its parent calls it: a key, 'condition', 'default', … */
  slot: string | null;
  slot_kind: "step" | "key" | "condition" | "case" | "default" | "only" | "first" | "spare";
  params: Record<string, Value>;
  /** Of `with_config` and `bind`. */
  options: Record<string, Value>;
  /** The few parameters that matter. */
  summary: Record<string, Value>;
  /** Index into `forms`: the JSON Schema of `params`; null without any. */
  form: number | null;
  input_type: string;
  output_type: string;
  /** Whether its slot can be taken away; else deleting it leaves an empty slot. */
  removable: boolean;
  /** An empty slot, which passes its input on. */
  empty: boolean;
  /** No component of this name is known here. */
  unknown: boolean;
  /** The first paragraph of the docstring. */
  doc: string | null;
  children: BuilderNode[];
}

/** What is wrong at a step, mostly on the edge into it. The chain exists and runs nevertheless. */
export interface BuilderProblem {
  node: string;
  expected: string | null;
  got: string | null;
  message: string;
  fixes: Fix[];
}

/** Answers one request, whatever became of it. */
export interface BuilderReply {
  v: 1;
  type: "reply";
  id: string;
  ok: boolean;
  value?: BuilderState | Edited | FieldErrors | Fragment | Palette | Misfits | Code | Script | Done | null;
  error?: string | null;
}

export type BuilderRequest = BuilderSync | ScriptRequest | EditRequest | CopyRequest | PaletteRequest | MisfitsRequest | RunRequest | StopRun | CodeRequest;

/** The last run that was started from the builder. Its events bear paths; `nodes` tells the step of each. */
export interface BuilderRun {
  trace: string;
  feed: string;
  control: string;
  running: boolean;
  nodes: Record<string, string>;
}

/** Sent after every change, from the page or from Python; also answers `builder`. */
export interface BuilderState {
  v: 1;
  type: "builder";
  revision: number;
  root: BuilderNode;
  /** JSON Schemas, each once; its `description` is the docstring. */
  forms: Record<string, Value>[];
  /** The JSON Schema of every step's `options`. */
  options_form: Record<string, Value>;
  problems: BuilderProblem[];
  variables: Variable[];
  templates: string[];
  code: string;
  /** Null where the chain does not say what it takes. */
  input_schema: Record<string, Value> | null;
  /** What would be undone; null where there is nothing. */
  undo: string | null;
  redo: string | null;
  run: BuilderRun | null;
  /** The last output of steps, by id. */
  previews: Record<string, Value>;
}

/** Ask for the state. */
export interface BuilderSync {
  v: 1;
  id: string;
  type: "builder";
  /** The page's: what the kernel says is said in it where that is known. */
  language?: string;
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
  /** The first one's seq, then of each the difference to the one before. */
  seqs: number[];
  /** In hundredths of a millisecond: the first one's time, then differences. */
  ts: number[];
  texts: (string | null)[];
  values?: Value[] | null;
  /** The message that each text is the content of, with its content left empty. */
  like?: Value;
}

export interface Code {
  code: string;
}

/** Ask for the chain's Python; `next_cell` puts it into a new cell too, where the kernel can. */
export interface CodeRequest {
  v: 1;
  id: string;
  type: "code";
  next_cell?: boolean;
}

/** Answers a `sync` that lacks many events with the next part of them, without their values. Its buffers have an item for each event, in order: `seq` (u32), kind (u8: 1 start, 2 chunk, 3 chunk that brings text, 4 end, 5 error, 6 cancel, 7 custom; and 16 where it brings an input), run (u32: a place in `runs`), and nanoseconds since the anchor (f64). */
export interface Columns {
  trace: string;
  /** Wall clock of the trace's time zero, in ms since the epoch. */
  anchor: number;
  /** Milliseconds since the anchor when this was made; lets the page tick. */
  now: number;
  /** Whether the trace started its run itself, so that `stop` can stop it. */
  stoppable: boolean;
  screen?: Screen | null;
  from_seq: number;
  to_seq: number;
  /** Where the trace ended when this was made. */
  end_seq: number;
  closed: boolean;
  dropped?: number;
  runs: RunTable;
  graphs?: RootGraph[];
  /** seq, type and message of each error. */
  errors: [number, string, string][];
  /** seq and reason of a cancel, seq and name of a custom event. */
  notes: [number, string][];
  /** seq of a model's end, and the output tokens that it tells. */
  usages: [number, number][];
}

/** Ask for a step as a `Fragment`. */
export interface CopyRequest {
  v: 1;
  id: string;
  type: "copy";
  node: string;
}

export interface Custom {
  kind: "custom";
  seq: number;
  t: number;
  run: string;
  name: string;
  data?: Value;
}

/** Delete what `copy` has given. */
export interface CutStep {
  op: "cut";
  node: string;
}

export interface DeleteStep {
  op: "delete";
  node: string;
}

export interface Detail {
  value?: Value;
}

/** Ask for a value that a frame carried cut. */
export interface DetailRequest {
  v: 1;
  id: string;
  type: "detail";
  run: string;
  what: "input" | "output" | "error";
}

export interface Done {
  done?: boolean;
}

export interface DuplicateStep {
  op: "duplicate";
  node: string;
  /** Null for the place behind it. */
  to?: Position | null;
}

export type Edit = InsertStep | ReplaceStep | WrapStep | UnwrapStep | MoveStep | SetParams | RenameKey | AddSlot | RemoveSlot | ExtractVariable | InlineVariable | DeleteStep | CutStep | DuplicateStep | PasteStep | ApplyFix | LoadCode | LoadSpec | LoadTemplate | Undo | Redo;

/** Change the chain; answered with `Edited`, or with an error and `FieldErrors` where parameters are wrong. */
export interface EditRequest {
  v: 1;
  id: string;
  type: "edit";
  /** The state that the page shows. An older one will do where its steps still are. */
  revision: number;
  op: Edit;
}

export interface Edited {
  revision: number;
  /** The step that the edit made or moved, to select it. */
  select?: string | null;
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

export interface ExtractVariable {
  op: "extract";
  node: string;
  name: string;
}

export interface FieldError {
  path: (string | number)[];
  message: string;
}

export interface FieldErrors {
  fields: FieldError[];
}

export interface Fix {
  id: string;
  label: string;
}

/** Which events up to `to_seq` hold a text in their values; `to_seq` is `end_seq` in the last part. The one buffer has a bit for each `seq` from the request's `from_seq` on, in each byte the lowest first: whether it is one of them. Those that it is too short for are not. */
export interface Found {
  to_seq: number;
  end_seq: number;
  /** How many events these are. */
  count: number;
}

/** A step as a spec, to paste here or in another builder. */
export interface Fragment {
  chainviz: number;
  chain: Record<string, Value>;
  /** The builder that keeps the objects which the spec names. */
  source?: string | null;
}

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
  /** Texts to copy: 'python', 'mermaid', 'dot', 'svg'. */
  exports?: Record<string, string>;
}

/** In a state graph, one child may follow another. `source` and `target` are places among the children, from 0. */
export interface GraphLink {
  source: number;
  target: number;
  label?: string | null;
  conditional?: boolean;
}

/** One step. Children of a `sequence` run one after another; of a `parallel` or `branch`, side by side; of a `graph` as its `links` say, from the child of kind `start` to that of kind `end`. */
export interface GraphNode {
  /** Path id, e.g. 'seq:1/map:context'; the root's is ''. */
  id: string;
  kind: "sequence" | "parallel" | "branch" | "router" | "fallbacks" | "retry" | "each" | "assign" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser" | "lambda" | "passthrough" | "graph" | "start" | "end" | "chain";
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
  links?: GraphLink[];
}

export interface InlineVariable {
  op: "inline";
  node: string;
}

export interface InsertStep {
  op: "insert";
  at: Position;
  component: string;
}

/** Ask for the script that draws graphs of states and lays them out, which only pages with one need. */
export interface LayoutRequest {
  v: 1;
  id: string;
  type: "layout";
}

export interface LoadCode {
  op: "load_code";
  code: string;
}

export interface LoadSpec {
  op: "load_spec";
  spec: Record<string, Value>;
}

export interface LoadTemplate {
  op: "load_template";
  name: string;
}

/** Why something does not fit, by the steps and by the sides of them: before, after, onto. */
export interface Misfits {
  why: Record<string, Record<string, string>>;
}

/** Ask where a component, or a step of the chain, does not fit. */
export interface MisfitsRequest {
  v: 1;
  id: string;
  type: "misfits";
  component?: string | null;
  node?: string | null;
}

export interface MoveStep {
  op: "move";
  node: string;
  to: Position;
}

/** One JSON Patch operation. `append` is ours: a `replace` of a string by itself plus `value`. */
export interface Op {
  op: "add" | "replace" | "append";
  path: string;
  value?: Value;
}

/** What fits best comes first. */
export interface Palette {
  entries: PaletteEntry[];
}

export interface PaletteEntry {
  component: string;
  label: string;
  kind: "sequence" | "parallel" | "branch" | "router" | "fallbacks" | "retry" | "each" | "assign" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser" | "lambda" | "passthrough" | "graph" | "start" | "end" | "chain";
  group: string;
  doc: string | null;
  fits: boolean;
  /** Why it does not fit, in a sentence. */
  why: string | null;
  /** Put onto a step, it has that inside; else it replaces it. */
  wraps: boolean;
}

/** Ask which components there are for a place, or in the place of a step. */
export interface PaletteRequest {
  v: 1;
  id: string;
  type: "palette";
  at?: Position | null;
  node?: string | null;
}

export interface PasteStep {
  op: "paste";
  at: Position;
  fragment: Fragment;
}

/** The operations that one event makes on the RunState of one root run. A chunk that is text has none on the wire where its operations are the usual ones: the chunk (the text, or the message that its column is `like`) added to the run's `streamed_output`, before that its text to the `streamed_output_str` of a model inside the root run; and, in the root run itself, its text appended to `final_output` or to that message's `content`, unless it is empty. */
export interface Patch {
  root: string;
  seq: number;
  ops: Op[];
}

/** A place among the children of `parent`, from 0; or beside `parent` itself, whatever it is: `before` or `after` it. What is put beside a step that is not in a sequence makes a sequence with it. What is put `onto` a step takes its place; a new wrapper has it inside, and of a step around what is moved, that alone is left. */
export interface Position {
  parent: string;
  index: number | "before" | "after" | "onto";
}

/** Sent while a chain runs: the outputs that are new. */
export interface Previews {
  v: 1;
  type: "previews";
  previews: Record<string, Value>;
}

export interface Redo {
  op: "redo";
}

/** Take away the slot that a step stands in, with what is in it. */
export interface RemoveSlot {
  op: "remove_slot";
  node: string;
}

export interface RenameKey {
  op: "rename";
  node: string;
  key: string;
}

/** Put another component in a step's place; the parameters that fit are kept. */
export interface ReplaceStep {
  op: "replace";
  node: string;
  component: string;
}

/** Answers one request, whatever became of it. */
export interface Reply {
  v: 1;
  type: "reply";
  id: string;
  ok: boolean;
  value?: Snapshot | Columns | Values | StatePart | Found | Script | Detail | Done | null;
  error?: string | null;
}

export type Request = Sync | DetailRequest | ValuesRequest | StateRequest | SearchRequest | ScreenRequest | LayoutRequest | Stop;

/** What a root run executes. The graph comes with the first of the root runs that share its shape; while a trace is live at first without what takes long to make, then again with it. */
export interface RootGraph {
  root: string;
  shape?: number;
  graph?: Graph | null;
}

/** Start the chain, or a part of it: up to the step `until`, or again from the step `since` on, with what the steps before it gave last. Answered at once. */
export interface RunRequest {
  v: 1;
  id: string;
  type: "run";
  input?: Value;
  until?: string | null;
  since?: string | null;
}

/** The runs of a part and those around them, a parent before its children, in columns. Texts and lists that repeat stand once, and are told by their place. */
export interface RunTable {
  ids: string[];
  /** Places in `ids`; -1 for a root run. */
  parents: number[];
  types: ("chain" | "chat_model" | "llm" | "prompt" | "retriever" | "tool" | "parser")[];
  texts: string[];
  /** Places in `texts`. */
  names: number[];
  /** Places in `texts`. */
  paths: number[];
  tag_lists: string[][];
  /** Places in `tag_lists`. */
  tags: number[];
  metadata_list: Record<string, Value>[];
  /** Places in `metadata_list`. */
  metadata: number[];
}

/** What all views of a trace share: the selected run, the filter, the time cursor (the seq up to which events have happened; null is the newest moment). `origin` names who set it, so that it comes back to nobody. */
export interface Screen {
  v: 1;
  type: "screen";
  selected?: string | null;
  filter?: string;
  cursor?: number | null;
  origin?: string;
}

/** Tell what the person has selected. */
export interface ScreenRequest {
  v: 1;
  id: string;
  type: "screen";
  selected: string | null;
  filter: string;
  cursor: number | null;
  origin: string;
}

/** The one buffer is the text of a script in UTF-8, deflated as zlib does it; `size` is how many bytes it has. */
export interface Script {
  size: number;
}

/** Ask for the script that draws builders, which only pages with one need. */
export interface ScriptRequest {
  v: 1;
  id: string;
  type: "script";
}

/** Ask which events hold a text in what they brought, in whatever case, part by part. */
export interface SearchRequest {
  v: 1;
  id: string;
  type: "search";
  text: string;
  from_seq: number;
}

/** Set parameters: all that are not named are left out, and so the component's default. What is None here stays. */
export interface SetParams {
  op: "set";
  node: string;
  params?: Record<string, Value> | null;
  options?: Record<string, Value> | null;
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
  screen?: Screen | null;
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

/** Chunks and patches of one root run, from `from_seq` up to `to_seq`, which is `end_seq` in the last part. */
export interface StatePart {
  from_seq: number;
  to_seq: number;
  end_seq: number;
  chunks: Chunks[];
  patches: Patch[];
}

/** Ask for the patches of one root run, part by part. */
export interface StateRequest {
  v: 1;
  id: string;
  type: "state";
  root: string;
  from_seq: number;
}

/** Ask the run that `watch` started to stop; answered with an error where the trace has no such run. */
export interface Stop {
  v: 1;
  id: string;
  type: "stop";
}

export interface StopRun {
  v: 1;
  id: string;
  type: "stop";
}

/** Ask for everything from `have_seq` on; asked at the start, after a reload, and when a frame is missing. */
export interface Sync {
  v: 1;
  id: string;
  type: "sync";
  have_seq: number;
  /** The page's: what the kernel says is said in it where that is known. */
  language?: string;
}

export interface Undo {
  op: "undo";
}

/** Put one of its children in a step's place; `keep` is needed where there are several. */
export interface UnwrapStep {
  op: "unwrap";
  node: string;
  keep?: string | null;
}

/** What events brought, in the order in which they were asked for: null where an event brought nothing. */
export interface Values {
  values: Value[];
  /** seq and input of runs whose input came with their end. */
  inputs: [number, Value][];
  errors: [number, ErrorInfo][];
}

/** Ask for what events brought, where the page has them in columns only. */
export interface ValuesRequest {
  v: 1;
  id: string;
  type: "values";
  seqs: number[];
}

export interface Variable {
  name: string;
  node: string;
}

export interface WrapStep {
  op: "wrap";
  node: string;
  into: "parallel" | "branch" | "map" | "fallbacks" | "retry" | "history";
}
