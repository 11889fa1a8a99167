// Which rows a parsed filter lets through.
import { ERROR } from "../../wire/parts";
import { Rows } from "../rows";
import { duration, type Run } from "../runs";
import { kindName, type Row, type Trace } from "../trace";
import type { Field, Term } from "./parse";

/** The events that hold a text in values which are not on this page, as far as the kernel has told; by text. */
export type Found = ReadonlyMap<string, ReadonlySet<number>>;

export function eventName(run: { type: string } | undefined, row: Pick<Row, "kind">): string {
  return row.kind === "custom" ? "on_custom_event" : `on_${run?.type ?? "chain"}_${row.kind}`;
}

const statusWord = (run: Run) => (run.status === "failed" ? "error" : run.status);

function ofRun(term: Term, run: Run, now: number): boolean {
  if (term.kind === "time") return term.above ? duration(run, now) > term.ms : duration(run, now) < term.ms;
  if (term.kind === "text") return false;
  switch (term.field) {
    case "type":
      return run.type === term.value;
    case "name":
      return run.name.toLowerCase() === term.value;
    case "tag":
      return run.tags.some((tag) => tag.toLowerCase() === term.value);
    default:
      return statusWord(run) === term.value || (term.value === "running" && run.status === "streaming");
  }
}

type RowTest = (place: number) => boolean;

const UNKNOWN = 2;

/** Of an event term and of what a text term finds in names there is one answer for all events of a run of one kind. */
function rowTest(term: Term, trace: Trace, found: Found): RowTest {
  const { log } = trace;
  const known = new Uint8Array(8 * trace.count).fill(UNKNOWN);
  const once = (place: number, test: (event: string, kind: string, run: Run) => boolean) => {
    const index = log.runIndexAt(place);
    const code = log.kindAt(place);
    const key = index * 8 + code;
    if (known[key] === UNKNOWN) {
      const run = trace.runs.at(index);
      known[key] = Number(test(eventName(run, { kind: kindName(code) }), kindName(code), run));
    }
    return known[key] === 1;
  };
  if (term.kind !== "text") {
    const value = term.kind === "field" ? term.value : "";
    return (place) => once(place, (event, kind) => value === kind || value === event);
  }
  const needle = term.text.toLowerCase();
  const seqs = found.get(needle);
  const named = (event: string, _: string, { name, tags }: Run) =>
    [event, name, ...tags].some((word) => word.toLowerCase().includes(needle));
  return (place) => {
    if (once(place, named)) return true;
    if (log.isAway(place) && log.kindAt(place) !== ERROR) return seqs?.has(log.seqs.at(place)) ?? false;
    return log.textAt(place).includes(needle);
  };
}

const aboutRow = (term: Term) => term.kind === "text" || (term.kind === "field" && term.field === "event");

/** Every negated term and every group must hold; a group, which the values of one field make, where one of them does. */
function grouped<T>(terms: Term[], test: (term: Term) => (of: T) => boolean): (of: T) => boolean {
  const fields = new Map<Field, ((of: T) => boolean)[]>();
  const all: ((of: T) => boolean)[] = [];
  for (const term of terms) {
    const one = test(term);
    if (term.kind === "field" && !term.not) fields.set(term.field, [...(fields.get(term.field) ?? []), one]);
    else all.push(term.not ? (of) => !one(of) : one);
  }
  for (const group of fields.values()) all.push((of) => group.some((one) => one(of)));
  const [first, ...others] = all;
  if (!first) return () => true;
  return others.length ? (of) => all.every((one) => one(of)) : first;
}

/** The rows that pass; a run's own terms are asked once per run. */
export function matching(terms: Term[], trace: Trace, now: number, found: Found = new Map()): Rows {
  if (terms.length === 0) return new Rows(trace, null);
  const { log, events } = trace;
  const ofRuns = terms.filter((term) => !aboutRow(term));
  const runPasses = grouped<Run>(ofRuns, (term) => (run) => ofRun(term, run, now));
  const rowPasses = grouped<number>(terms.filter(aboutRow), (term) => rowTest(term, trace, found));
  const passes = new Uint8Array(trace.count).fill(1);
  if (ofRuns.length)
    passes.forEach((_, index) => {
      passes[index] = Number(runPasses(trace.runs.at(index)));
    });
  const places = new Uint32Array(events);
  let length = 0;
  for (let place = 0; place < events; place++) {
    if (passes[log.runIndexAt(place)] && rowPasses(place)) places[length++] = place;
  }
  return new Rows(trace, places.subarray(0, length));
}
