// The words of the builder, in English; es.ts has them in Spanish.
import { spanish } from "./words";

const en = {
  tree: "Chain builder",
  components: "Components",
  code: "Python",
  undo: "Undo",
  redo: "Redo",
  actions: {
    fill: "Fill the slot",
    after: "Insert after",
    before: "Insert before",
    replace: "Replace",
    wrap: "Wrap in",
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
  step: "Step actions",
  history: "message history",
  inside: "Not into itself",
  empty: "empty slot",
  unknown: "unknown component",
  mismatch: (expected: string, got: string) => `expected ${expected}, got ${got}`,
  start: "Choose the first step from the components, or begin with a template:",
  search: "Search components",
  yours: "yours",
  noneFound: "Not found. Define a function in the notebook, or call chainviz.register(…).",
  options: "Options",
  noParameters: "This step has no parameters.",
  key: "Key",
  variable: "Variable",
  kept: (what: string) => `${what}, kept in Python`,
  addItem: "Add",
  removeItem: (number: number) => `Remove ${number}`,
  run: "Run",
  noRun: "Fill in the input and run: the steps light up and show what they give.",
  nextCell: "Put into the next cell",
  read: "Read Python",
  paste: "Paste a chain in Python",
  load: "Load",
};

export interface BuilderWords {
  build: typeof en;
}

export const phrases = spanish?.build ?? en;
