// The keys of the builder.
import type { ActionName } from "./editor";

/** The keys of actions; a capital is typed with Shift. */
export const KEYS: { readonly [name in ActionName]?: string[] } = {
  after: ["i", "Insert"],
  before: ["I"],
  replace: ["r"],
  wrap: ["w"],
  unwrap: ["u"],
  add: ["a"],
  earlier: ["Alt+ArrowUp", "Alt+ArrowLeft"],
  later: ["Alt+ArrowDown", "Alt+ArrowRight"],
  duplicate: ["Ctrl+d"],
  cut: ["Ctrl+x"],
  copy: ["Ctrl+c"],
  edit: ["Enter"],
  rename: ["F2"],
  extract: ["v"],
  delete: ["Delete", "Backspace"],
};

export const ACTION_OF = new Map(
  Object.entries(KEYS).flatMap(([name, keys]) => keys.map((key) => [key, name as ActionName] as const)),
);

/** A key with what is held, as `KEYS` has it. */
export function keyOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): string {
  if (!(ctrlKey || metaKey)) return (altKey ? "Alt+" : "") + key;
  return `Ctrl+${key.length > 1 ? key : shiftKey ? key.toUpperCase() : key.toLowerCase()}`;
}
