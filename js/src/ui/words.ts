// Every word on the screen, in English; es.ts has them in Spanish.
import { es } from "./es";
import { setting } from "./settings";

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
  noTokens: "No model has run yet. Tokens appear here as they are made.",
  noText: "no text yet",
  laneOf: (index: number, count: number) => `${index} of ${count}`,

  // state
  patches: "Patches",
  patchBack: "Previous patch",
  patchOn: "Next patch",
  sift: "Choose sub-runs",
  refused: (count: number) => `${plural(count, "operation")} refused`,
  rootRun: "Root run",
  noState: "No state yet. It grows patch by patch once a chain runs.",

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
  noEvents: "No events yet. They appear as soon as a chain runs.",
  noMatches: "No event matches the filter.",
  visibleSpan: "Visible span",
  wholeSpan: "Show the whole span",
  axisHint: "Click to go to a moment, drag to zoom (+, −, arrows; Escape shows all)",
  eventForm: "Event of astream_events",
  notInV1: "Version 1 has no such event.",
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
  cut: (length: number, unit: string) => `cut at 10 kB: ${length.toLocaleString("en")} ${unit} in all`,
  units: { str: "characters", list: "items", dict: "entries", bytes: "bytes" } as Record<string, string>,
  loadRest: "Load the rest",
  optional: "optional",
  anyValue: "any",
  emptyText: "empty text",

  // builder
  build: {
    tree: "Chain builder",
    components: "Components",
    code: "Python",
    undo: (what: string) => `Undo: ${what}`,
    redo: (what: string) => `Redo: ${what}`,
    actions: {
      after: "Insert after…",
      before: "Insert before…",
      replace: "Replace…",
      wrap: "Wrap in…",
      unwrap: "Unwrap",
      add: "Add a slot",
      drop: "Remove the slot",
      earlier: "Move earlier",
      later: "Move later",
      duplicate: "Duplicate",
      cut: "Cut",
      copy: "Copy",
      paste: "Paste after",
      edit: "Edit parameters",
      rename: "Rename the key",
      extract: "Extract to a variable",
      inline: "Dissolve the variable",
      until: "Run to here",
      since: "Run again from here",
      delete: "Delete",
    },
    wraps: { parallel: "Parallel", branch: "Branch", map: "Map over a list", fallbacks: "Fallbacks", retry: "Retry" },
    keep: (name: string) => `Unwrap, keep ${name}`,
    step: "Step actions",
    empty: "Empty slot",
    unknown: "unknown component",
    mismatch: (expected: string, got: string) => `expected ${expected}, got ${got}`,
    start: "An empty chain. Choose its first step from the components, or begin with a template:",
    noChain: "The chain has not come from the kernel yet.",
    search: "Search components",
    places: {
      in: "to fill the slot",
      before: (name: string) => `before ${name}`,
      after: (name: string) => `after ${name}`,
      replace: (name: string) => `in place of ${name}`,
      add: (name: string) => `at the end of ${name}`,
    },
    noneFound:
      "No component has these words. Define a function in the notebook, or register one: chainviz.register(…).",
    options: "Options",
    noParameters: "This step has no parameters.",
    key: "Key",
    variable: "Variable",
    kept: (what: string) => `${what}, kept in Python`,
    addItem: "Add",
    removeItem: (number: number) => `Remove ${number}`,
    number: "a number",
    whole: "a whole number",
    expectedGot: (expected: string, got: string) => `Expected ${expected}; got ${got}.`,
    bounds: {
      least: (bound: number) => `at least ${bound}`,
      most: (bound: number) => `at most ${bound}`,
      above: (bound: number) => `above ${bound}`,
      below: (bound: number) => `below ${bound}`,
    },
    run: "Run",
    lastOutput: "Last output",
    noRun: "Fill in the input and run: each step lights up in the chain and shows its last output.",
    nextCell: "Put into the next cell",
    read: "Read Python",
    paste: "Paste a chain in Python",
    load: "Load",
  },

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

/** The language of the page around, or of the browser where the page has none; `language` in the settings is stronger. */
const language =
  setting("language", "", (value) => typeof value === "string").value ||
  document.documentElement.lang ||
  navigator.language;

export const words: Words = language.startsWith("es") ? es : en;
