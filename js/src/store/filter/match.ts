// Which rows a parsed filter lets through.
import { ERROR } from "../../wire/parts";
import { Rows } from "../rows";
import { duration, type Run, type RunRecord } from "../runs";
import { kindName, type Row, type Trace } from "../trace";
import type { Field, Term } from "./parse";

/** The events that hold a text in values which are not on this page, as far as the kernel has told; by text. */
export type Found = { get(text: string): Pick<ReadonlySet<number>, "has"> | undefined };

export function eventName(run: { type: string } | undefined, row: Pick<Row, "kind">): string {
  return row.kind === "custom" ? "on_custom_event" : `on_${run?.type ?? "chain"}_${row.kind}`;
}

const statusWord = (run: Run) => (run.status === "failed" ? "error" : run.status);

function ofRun(term: Term, trace: Trace, now: number, index: number): boolean {
  const { type, name, tags } = trace.log.runs[index] as RunRecord;
  if (term.kind === "text") return false;
  if (term.kind === "time") {
    const took = duration(trace.runs.at(index), now);
    return term.above ? took > term.ms : took < term.ms;
  }
  if (term.field === "type") return type === term.value;
  if (term.field === "name") return name.toLowerCase() === term.value;
  if (term.field === "tag") return tags.some((tag) => tag.toLowerCase() === term.value);
  const run = trace.runs.at(index);
  return statusWord(run) === term.value || (term.value === "running" && run.status === "streaming");
}

const [HOLDS, LACKS] = [1, 2];

/** Asks the event at a place, or the run with an index. */
type Test = (of: number) => boolean;

/** Each thing is asked once. */
function once<T>(test: (of: T) => boolean): (of: T) => boolean {
  const known = new Map<T, boolean>();
  return (of) => {
    const answer = known.get(of) ?? test(of);
    known.set(of, answer);
    return answer;
  };
}

/** Of an event's name there is one answer for all runs of a type, and of a name or a tag for all runs that share it. */
function rowTest(term: Term, { log, count }: Trace, found: Found): Test {
  const needle = term.kind === "text" ? term.text.toLowerCase() : "";
  const isNamed = (test: (event: string, kind: string) => boolean): Test => {
    const types: Record<string, boolean[]> = {};
    return (place) => {
      const { type } = log.ownerAt(place);
      const code = log.kindAt(place);
      types[type] ??= [];
      const known = types[type];
      known[code] ??= test(eventName({ type }, { kind: kindName(code) }), kindName(code));
      return known[code];
    };
  };
  if (term.kind !== "text") {
    const value = term.kind === "field" ? term.value : "";
    return isNamed((event, kind) => value === kind || value === event);
  }
  const seqs = found.get(needle);
  const holds = once((word: string) => word.toLowerCase().includes(needle));
  const ofEvent = isNamed(holds);
  const ofRuns = new Uint8Array(count);
  const ofOwner = (index: number) => {
    if (ofRuns[index] === 0) {
      const { name, tags } = log.runs[index] as RunRecord;
      ofRuns[index] = holds(name) || tags.some(holds) ? HOLDS : LACKS;
    }
    return ofRuns[index] === HOLDS;
  };
  return (place) => {
    if (ofEvent(place) || ofOwner(log.runIndexAt(place))) return true;
    if (log.isAway(place) && log.kindAt(place) !== ERROR) return seqs?.has(log.seqs.at(place)) ?? false;
    return log.textAt(place).includes(needle);
  };
}

const aboutRow = (term: Term) => term.kind === "text" || (term.kind === "field" && term.field === "event");

/** Every negated term and every group must hold; a group, which the values of one field make, where one of them does. */
function grouped(terms: Term[], test: (term: Term) => Test): Test {
  const fields = new Map<Field, Test[]>();
  const all: Test[] = [];
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
  const runPasses = grouped(ofRuns, (term) => (index) => ofRun(term, trace, now, index));
  const rowPasses = grouped(terms.filter(aboutRow), (term) => rowTest(term, trace, found));
  const passes = new Uint8Array(trace.count).fill(1);
  if (ofRuns.length)
    passes.forEach((_, index) => {
      passes[index] = Number(runPasses(index));
    });
  const places = new Uint32Array(events);
  let length = 0;
  for (let place = 0; place < events; place++) {
    if (passes[log.runIndexAt(place)] && rowPasses(place)) places[length++] = place;
  }
  return new Rows(trace, places.subarray(0, length));
}
