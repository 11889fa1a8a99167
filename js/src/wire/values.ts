// The typed values of the wire (see chainviz/wire/encode.py): telling them apart and reading their text.
import type { Value } from "./types";

export type Dict = { [key: string]: Value };
export type Typed = Dict & { $type: string };

export const isText = (value: unknown): value is string => typeof value === "string";

export function isDict(value: Value | undefined): value is Dict {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isTyped(value: Value | undefined, type?: string): value is Typed {
  return isDict(value) && isText(value.$type) && (type === undefined || value.$type === type);
}

export const isMessage = (value: Value | undefined): value is Typed => isTyped(value, "message");
export const isDocument = (value: Value | undefined): value is Typed => isTyped(value, "document");

export function str(value: Value | undefined): string {
  return isText(value) ? value : "";
}

/** The text of a content, as far as the wire carried it: a string, or a list of blocks of which those with a text count. */
function contentText(content: Value | undefined): string {
  if (isTyped(content, "cut")) return contentText(content.head);
  if (!Array.isArray(content)) return str(content);
  return content.map((block) => contentText(isDict(block) && !isTyped(block, "cut") ? block.text : block)).join("");
}

/** The text that a chunk or an output brings; "" where it brings none. */
export function textOf(value: Value | undefined): string {
  if (isText(value)) return value;
  if (isMessage(value)) return contentText(value.content);
  if (isTyped(value, "cut")) return contentText(value.head);
  if (isTyped(value, "object") && isDict(value.fields)) return textOf(value.fields.message ?? value.fields.text ?? "");
  return "";
}

function pairsOf({ items }: Typed): [Value, Value][] {
  return Array.isArray(items)
    ? items.filter((pair) => Array.isArray(pair)).map(([key = null, item = null]) => [key, item])
    : [];
}

/** What a value holds, as a tree shows it: `[key, value]` pairs, none for a leaf. */
export function entriesOf(value: Value): [string, Value][] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item]);
  if (!isDict(value)) return [];
  if (!isTyped(value)) return Object.entries(value);
  switch (value.$type) {
    case "number":
    case "opaque":
      return [];
    case "cut":
      return typeof value.head === "object" && value.head !== null ? entriesOf(value.head) : [];
    case "object":
      return isDict(value.fields) ? Object.entries(value.fields) : [];
    case "dict":
      return pairsOf(value).map(([key, item]) => [isText(key) ? key : JSON.stringify(key), item]);
    default:
      return Object.entries(value).filter(([key]) => key !== "$type" && key !== "class");
  }
}

/** All that a value says, in lower case: its strings and keys, each on a line of its own. */
export function textIn(value: Value | undefined): string {
  if (isText(value)) return value.toLowerCase();
  const parts: string[] = [];
  const visit = (item: Value | undefined) => {
    if (Array.isArray(item)) item.forEach(visit);
    else if (isDict(item)) {
      for (const key in item) {
        if (key === "$type") continue;
        parts.push(key);
        visit(item[key]);
      }
    } else if (item !== undefined && item !== null) parts.push(String(item));
  };
  visit(value);
  return parts.join("\n").toLowerCase();
}
