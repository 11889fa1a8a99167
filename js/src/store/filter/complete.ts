// What could stand at the caret of the filter box.
import type { Trace } from "../trace";
import { EVENTS, FIELDS, type Field, quoteValue, STATUSES } from "./parse";

export interface Completion {
  /** The part of the filter that the text replaces. */
  from: number;
  to: number;
  text: string;
}

const LIMIT = 12;

/** The token around the caret: quotes keep spaces inside it. */
function tokenAt(source: string, caret: number): { from: number; to: number } {
  let from = 0;
  let open = false;
  for (let i = 0; i < caret; i++) {
    if (source[i] === '"') open = !open;
    else if (source[i] === " " && !open) from = i + 1;
  }
  const end = source.indexOf(open ? '"' : " ", caret);
  return { from, to: end < 0 ? source.length : end + (open ? 1 : 0) };
}

function valuesOf(field: Field, trace: Trace): Iterable<string> {
  const { types, names, tags } = trace.log.words;
  switch (field) {
    case "type":
      return types;
    case "name":
      return names;
    case "tag":
      return tags;
    case "status":
      return STATUSES;
    case "event":
      return [...EVENTS, ...[...types].flatMap((type) => EVENTS.slice(0, 3).map((event) => `on_${type}_${event}`))];
  }
}

export function completions(source: string, caret: number, trace: Trace): Completion[] {
  const { from, to } = tokenAt(source, caret);
  const token = source.slice(from, caret);
  const not = token.startsWith("-") ? "-" : "";
  const body = token.slice(not.length).toLowerCase();
  const colon = body.indexOf(":");
  if (colon < 0) {
    return FIELDS.filter((name) => name.startsWith(body)).map((name) => ({ from, to, text: `${not}${name}:` }));
  }
  const field = FIELDS.find((name) => name === body.slice(0, colon));
  if (!field) return [];
  const typed = body.slice(colon + 1).replaceAll('"', "");
  return [...new Set(valuesOf(field, trace))]
    .filter((value) => value.toLowerCase().includes(typed) && value.toLowerCase() !== typed)
    .slice(0, LIMIT)
    .map((value) => ({ from, to, text: `${not}${field}:${quoteValue(value)}` }));
}
