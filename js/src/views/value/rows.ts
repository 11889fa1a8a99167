// Any wire value as the rows of a tree; a row's key is its JSON Pointer.

import { oneLine } from "../../ui/text";
import type { TreeRow } from "../../ui/tree";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { entriesOf, isDict, isText, isTyped, str, textOf } from "../../wire/values";

export interface ValueRow extends TreeRow {
  name: string;
  value: Value;
  preview: string;
  tone: "string" | "literal" | "type";
  text: string | undefined;
}

const LONG = 32;

export type IsOpen = (path: string, level: number, value: Value) => boolean;

const shortClass = (name: string) => name.slice(name.lastIndexOf(".") + 1);

export function cutNote(value: Value): string | null {
  if (!isTyped(value, "cut")) return null;
  return words.cut(Number(value.length), words.units[str(value.of)] ?? "");
}

/** A typed value in one line. */
function typedPreview(value: Value & { $type: string }): string {
  const fields = value as Record<string, Value>;
  switch (value.$type) {
    case "number":
      return str(fields.value);
    case "opaque":
      return str(fields.repr);
    case "cut":
      return `${isText(fields.head) ? `"${fields.head.slice(0, 80)}"… ` : ""}${cutNote(value)}`;
    case "message":
      return `${str(fields.class)} "${textOf(value)}"`;
    case "document":
      return `Document "${textOf(fields.page_content)}"`;
    case "dict":
      return `{${entriesOf(value).length}}`;
    default:
      return shortClass(str(fields.class) || value.$type);
  }
}

export function preview(value: Value): { preview: string; tone: ValueRow["tone"] } {
  if (isText(value)) return { preview: `"${oneLine(value)}"`, tone: "string" };
  if (Array.isArray(value)) return { preview: `[${value.length}]`, tone: "type" };
  if (isTyped(value))
    return { preview: oneLine(typedPreview(value)), tone: value.$type === "number" ? "literal" : "type" };
  if (isDict(value)) return { preview: `{${Object.keys(value).length}}`, tone: "type" };
  return {
    preview: value === null ? "None" : value === true ? "True" : value === false ? "False" : String(value),
    tone: "literal",
  };
}

/** A text that does not fit in a row. */
function longText(value: Value): string | undefined {
  const text = isTyped(value, "opaque") ? str(value.repr) : isTyped(value, "cut") ? value.head : value;
  return isText(text) && (text.length > LONG || text.includes("\n")) ? text : undefined;
}

/** A value as it is copied. */
export const copied = (value: Value) => (isText(value) ? value : JSON.stringify(value, null, 2));

const escapeKey = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

export function valueRows(value: Value, isOpen: IsOpen): ValueRow[] {
  const rows: ValueRow[] = [];
  const visit = (name: string, item: Value, key: string, level: number, place: number, of: number) => {
    const entries = entriesOf(item);
    const text = longText(item);
    const open = entries.length === 0 && text === undefined ? undefined : isOpen(key, level, item);
    const shown = preview(item);
    rows.push({
      key,
      level,
      open,
      place,
      of,
      name: oneLine(name, 80),
      value: item,
      ...shown,
      label: `${oneLine(name, 80)}: ${shown.preview}`,
      text,
    });
    if (open) walk(entries, key, level + 1);
  };
  const walk = (entries: [string, Value][], path: string, level: number) =>
    entries.forEach(([name, item], index) => {
      visit(name, item, `${path}/${escapeKey(name)}`, level, index + 1, entries.length);
    });
  const entries = entriesOf(value);
  if (entries.length > 0) walk(entries, "", 1);
  else visit("", value, "", 1, 1, 1);
  return rows;
}

/** A value in one line with the beginning of what it holds, for a cell that does not open. */
export function brief(value: Value, room = 120): string {
  const entries = typeof value === "object" && value !== null && !isTyped(value) ? entriesOf(value) : [];
  if (entries.length === 0) return preview(value).preview;
  const list = Array.isArray(value);
  const parts: string[] = [];
  for (const [key, item] of entries) {
    const left = room - parts.join(", ").length;
    if (left < 8) break;
    parts.push(list ? brief(item, left) : `${oneLine(key, 40)}: ${brief(item, left)}`);
  }
  const text = parts.join(", ") + (parts.length < entries.length ? ", …" : "");
  return list ? `[${text}]` : `{${text}}`;
}
