// The filter language:  type:chat_model name:Docs tag:map:key:context event:on_chain_end status:error >500ms "kensho"
// Terms are ANDed, values of one field ORed, a leading - negates. A value may be quoted; \" stands for a quote in it.

export const FIELDS = ["type", "name", "tag", "event", "status"] as const;
export type Field = (typeof FIELDS)[number];

const TYPES = ["chain", "chat_model", "llm", "prompt", "retriever", "tool", "parser"] as const;
export const STATUSES = ["running", "streaming", "done", "error", "cancelled", "waiting"] as const;
export const EVENTS = ["start", "stream", "end", "error", "cancel"] as const;

export type Term =
  | { kind: "field"; field: Field; value: string; not: boolean }
  | { kind: "time"; above: boolean; ms: number; not: boolean }
  | { kind: "text"; text: string; not: boolean };

type FilterFault = "quote" | "time" | "field" | "empty" | "free" | "value";

/** What is wrong, where (a character counted from 1), what stands there and what may: the view has the words. */
export class FilterError extends Error {
  constructor(
    readonly fault: FilterFault,
    readonly at: number,
    readonly got = "",
    readonly allowed = "",
  ) {
    super(fault);
  }
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, min: 60_000 };
const SYNONYMS: Record<string, string> = { failed: "error", ok: "done", success: "done", canceled: "cancelled" };

const eventNames = () => [
  ...EVENTS,
  ...TYPES.flatMap((type) => EVENTS.map((event) => `on_${type}_${event}`)),
  "custom",
  "on_custom_event",
];

const VOCABULARY: Partial<Record<Field, () => readonly string[]>> = {
  type: () => TYPES,
  status: () => STATUSES,
  event: eventNames,
};

const isSpace = (char: string | undefined) => char !== undefined && char.trim() === "";

class Scanner {
  at = 0;
  constructor(readonly source: string) {}

  get char(): string | undefined {
    return this.source[this.at];
  }

  skip(): void {
    while (isSpace(this.char)) this.at++;
  }

  word(stops = ""): string {
    const from = this.at;
    while (this.char !== undefined && !isSpace(this.char) && !stops.includes(this.char)) this.at++;
    return this.source.slice(from, this.at);
  }

  quoted(): string {
    const from = this.at++;
    let text = "";
    while (this.char !== undefined && this.char !== '"') {
      if (this.char === "\\" && (this.source[this.at + 1] === '"' || this.source[this.at + 1] === "\\")) this.at++;
      text += this.source[this.at++];
    }
    if (this.char === undefined) throw new FilterError("quote", from + 1);
    this.at++;
    return text;
  }
}

function timeTerm(scan: Scanner, not: boolean): Term {
  const from = scan.at;
  const above = scan.char === ">";
  scan.at++;
  if (scan.char === "=") scan.at++;
  const word = scan.word();
  const match = /^(\d+(?:\.\d+)?)(ms|s|min)$/.exec(word);
  if (!match) throw new FilterError("time", from + 1, word);
  return { kind: "time", above, ms: Number(match[1]) * (UNITS[match[2] as string] ?? 1), not };
}

function fieldTerm(scan: Scanner, name: string, from: number, not: boolean): Term {
  const field = name.toLowerCase() as Field;
  if (!FIELDS.includes(field)) throw new FilterError("field", from + 1, name, FIELDS.join(", "));
  scan.at++;
  const at = scan.at + 1;
  const raw = scan.char === '"' ? scan.quoted() : scan.word();
  const allowed = VOCABULARY[field]?.();
  const some = allowed?.slice(0, 7).join(", ");
  if (raw === "")
    throw new FilterError(some ? "empty" : "free", at, field, some ?? (field === "name" ? "name:Docs" : "tag:my_tag"));
  const value = field === "status" ? (SYNONYMS[raw.toLowerCase()] ?? raw) : raw;
  if (allowed && !allowed.includes(value.toLowerCase())) throw new FilterError("value", at, `${field} "${raw}"`, some);
  return { kind: "field", field, value: value.toLowerCase(), not };
}

function term(scan: Scanner): Term {
  const not = scan.char === "-" && scan.at + 1 < scan.source.length && !isSpace(scan.source[scan.at + 1]);
  if (not) scan.at++;
  if (scan.char === '"') return { kind: "text", text: scan.quoted(), not };
  if (scan.char === ">" || scan.char === "<") return timeTerm(scan, not);
  const from = scan.at;
  const word = scan.word(':"');
  if (scan.char === ":") return fieldTerm(scan, word, from, not);
  return { kind: "text", text: word, not };
}

/** The terms of a filter; throws `FilterError`. */
export function parseFilter(source: string): Term[] {
  const scan = new Scanner(source);
  const terms: Term[] = [];
  for (scan.skip(); scan.char !== undefined; scan.skip()) terms.push(term(scan));
  return terms.filter((one) => one.kind !== "text" || one.text !== "");
}

/** A value as it is written in a filter. */
export function quoteValue(value: string): string {
  return /^[^\s"]+$/.test(value) ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
