// Every word on the screen, in English, but those of the builder; es.ts has them in Spanish.
import type { BuilderWords } from "./builder-words";
import { isSpanish } from "./language";

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

const en = {
  locale: "en",
  point: ".",

  // names of the parts
  graph: "Chain graph",
  tokens: "Tokens",
  state: "Run state",
  runs: "Runs",
  events: "Events",
  details: "Details",
  filter: "Filter events",
  runStatus: "Run status",
  panel: "Trace",
  stop: "Stop",

  // titles of the panes
  titles: { graph: "Graph", tokens: "Tokens", state: "State", timeline: "Timeline", details: "Details" },

  status: {
    waiting: "waiting",
    running: "running",
    streaming: "streaming",
    done: "done",
    failed: "failed",
    cancelled: "cancelled",
    skipped: "not run",
  },
  kinds: {
    sequence: "sequence",
    parallel: "parallel",
    branch: "branch",
    router: "router",
    fallbacks: "fallbacks",
    retry: "retry",
    each: "each",
    assign: "assign",
    chat_model: "chat model",
    llm: "llm",
    prompt: "prompt",
    retriever: "retriever",
    tool: "tool",
    parser: "parser",
    lambda: "function",
    passthrough: "passthrough",
    graph: "state graph",
    start: "start",
    end: "end",
    chain: "chain",
  },

  // header
  elapsed: "elapsed",
  firstToken: "first token",
  perSecond: "tokens/s",
  tokenCount: "tokens",
  oneError: "error",
  errors: "errors",
  firstTokenHint: "Time until the first token",
  dropped: (count: number) => `${plural(count, "event")} dropped`,
  maximise: (title: string) => `Maximise ${title}`,
  restore: (title: string) => `Restore ${title}`,
  hide: (title: string) => `Hide ${title}`,
  views: "Views",
  nthOf: (index: number, count: number) => `${index} of ${count}`,
  allHidden: "Every view is hidden. Choose one in the header.",

  // graph
  findStep: "Find step",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Fit",
  copyAs: "Copy as",
  copied: "Copied",
  formats: { python: "Python", mermaid: "Mermaid", dot: "DOT", svg: "SVG", text: "Text" } as Record<string, string>,
  collapseAll: "Collapse all",
  expandAll: "Expand all",
  follow: "Follow the running step",
  next: (steps: string) => `next: ${steps}`,
  unforeseen: "called at run time",
  /** What a group of the kind `of` calls one of its steps; other groups call them as the user does. */
  slot: (slot: string, _of: string) => slot,
  times: (count: number) => `×${count}`,
  runCount: (count: number) => plural(count, "run"),
  noGraph: "No chain has run yet. Call chain.invoke(…) or chain.stream(…) in the traced cell.",

  // tokens
  boundaries: "Token boundaries",
  toEnd: "To the end",
  noTokens: "No model has run yet. Trace a chain with a model to see its tokens.",
  noText: "no text yet",

  // state
  patches: "Patches",
  patchBack: "Previous patch",
  patchOn: "Next patch",
  sift: "Choose sub-runs",
  refused: (count: number) => `${plural(count, "operation")} refused`,
  rootRun: "Root run",
  noState: "No state yet. Run a chain in the traced cell.",

  // time cursor
  time: "Time",
  moment: (at: string, all: string) => `at ${at} of ${all}`,
  now: "Now",
  replay: "Replay",

  // timeline
  columns: { seq: "#", time: "Time", event: "Event", name: "Name", data: "Data" },
  matches: (some: number, all: number) => `${some} of ${plural(all, "event")}`,
  clear: "Clear filter",
  placeholder: 'type:chat_model status:error >500ms "text"',
  suggestions: "Suggestions",
  commonFilters: "Common filters",
  noEvents: "No events yet. Run a chain in the traced cell.",
  noMatches: "No event matches. Clear the filter.",
  visibleSpan: "Visible span",
  wholeSpan: "Show the whole span",
  axisHint: "Click to go to a moment, drag to zoom (+, −, arrows; Escape shows all)",
  eventForm: "Event of astream_events",
  notInV1: "Version 1 has no such event. Choose v2.",
  filterFaults: {
    quote: (at: number) => `A quote is left open at character ${at}: expected a closing ".`,
    time: (at: number, got: string) =>
      `"${got}" is no time at character ${at}: expected a number with a unit, like >500ms, >1.5s or <2min.`,
    field: (at: number, got: string, allowed: string) =>
      `Unknown field "${got}" at character ${at}: expected ${allowed}, or quotes around the text.`,
    empty: (at: number, got: string, allowed: string) =>
      `"${got}:" has no value at character ${at}: expected ${allowed}.`,
    free: (at: number, got: string, allowed: string) =>
      `"${got}:" has no value at character ${at}: expected a value, like ${allowed}.`,
    value: (at: number, got: string, allowed: string) => `Unknown ${got} at character ${at}: expected ${allowed}.`,
  },
  chips: {
    errors: "errors",
    models: "models",
    retrievers: "retrievers",
    tools: "tools",
    slow: "> 500 ms",
    chunks: "no chunks",
  },

  // details
  run: "Run",
  step: "Step",
  input: "Input",
  output: "Output",
  error: "Error",
  cancelledBecause: "Cancelled",
  traceback: "Traceback",
  tags: "Tags",
  metadata: "Metadata",
  timings: "Timings",
  started: "started",
  ended: "ended",
  took: "took",
  chunkCount: "chunks",
  checkpoint: "checkpoint",
  runId: "run id",
  path: "path",
  parameters: "Parameters",
  inputSchema: "Input schema",
  outputSchema: "Output schema",
  jsonSchema: "JSON Schema",
  typeTree: "Type tree",
  docstring: "Documentation",
  source: "Source",
  streamedInput: "The input is still streaming in; it is known when the run ends.",
  unknownInput: "The input is not known.",
  noOutput: "No output yet.",
  noDetails: "Click a step, a run or an event to see its input, output and timings.",
  noStepDetails: "Click a step to see its schemas, parameters and source.",
  previousRun: "Previous run",
  nextRun: "Next run",
  runOf: (index: number, count: number) => `run ${index} of ${count}`,
  showAll: "Show all",
  showLess: "Show less",
  showMore: (count: number) => `Show ${count} more`,
  copy: "Copy",
  copyThe: (what: string) => `Copy ${what.toLowerCase()}`,
  copyPath: "Copy path",
  copyValue: "Copy value",
  document: (number: number) => `Document ${number}`,
  usage: (input: number, output: number, total: number) => `${input} tokens in, ${output} out, ${total} in all`,
  cut: (length: number, unit: string) => `cut: ${length.toLocaleString("en")} ${unit} in all`,
  units: { str: "characters", list: "items", dict: "entries", bytes: "bytes" } as Record<string, string>,
  loadRest: "Load the rest",
  optional: "optional",
  anyValue: "any",
  emptyText: "empty text",

  // trouble
  broken: "This view stopped on an error",
  retry: "Try again",
  tooMany: (shown: number) =>
    `This trace is longer than a page can show: here are its first ${shown.toLocaleString("en")} events. Keep fewer with chainviz.trace(max_events=…).`,
  late: (seconds: number) =>
    `The kernel has not answered for ${seconds} s, perhaps because a cell is busy. What arrived is shown; the rest follows when it answers.`,
  noTrace: "This view belongs to no trace. Run the cell again.",
  dismiss: "Dismiss",
};

export type Words = typeof en;

const { chainvizSpanish } = globalThis as { chainvizSpanish?: Words & BuilderWords };

/** Where they are needed, spanish.ts has brought them. */
export const spanish = isSpanish() ? chainvizSpanish : undefined;

export const words: Words = spanish ?? en;
