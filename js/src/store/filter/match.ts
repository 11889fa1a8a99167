// Which rows a parsed filter lets through.
import { contains } from "../../wire/values";
import { duration, type Run } from "../runs";
import type { Row, Trace } from "../trace";
import type { Field, Term } from "./parse";

export function eventName(run: Run | undefined, row: Row): string {
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

function ofRow(term: Term, row: Row, run: Run | undefined): boolean {
  if (term.kind === "field") return term.value === row.kind || term.value === eventName(run, row);
  if (term.kind !== "text") return false;
  const needle = term.text.toLowerCase();
  const words = [eventName(run, row), run?.name ?? "", ...(run?.tags ?? [])];
  return words.some((word) => word.toLowerCase().includes(needle)) || contains(row.value, needle);
}

const aboutRow = (term: Term) => term.kind === "text" || (term.kind === "field" && term.field === "event");

type Test = (terms: Term) => boolean;

/** Terms grouped: every negated term and every group must hold; a group holds where one of its terms does. */
function grouped(terms: Term[]): (test: Test) => boolean {
  const fields = new Map<Field, Term[]>();
  const single: Term[] = [];
  for (const term of terms) {
    if (term.kind !== "field" || term.not) single.push(term);
    else fields.set(term.field, [...(fields.get(term.field) ?? []), term]);
  }
  const groups = [...fields.values()];
  return (test) => single.every((term) => test(term) !== term.not) && groups.every((group) => group.some(test));
}

/** The rows that pass; a run's own terms are asked once per run. */
export function matching(terms: Term[], trace: Trace, now: number): Row[] {
  const rows = trace.rows.length === trace.have ? (trace.rows as Row[]) : trace.rows.slice(0, trace.have);
  if (terms.length === 0) return rows;
  const runTest = grouped(terms.filter((term) => !aboutRow(term)));
  const rowTest = grouped(terms.filter(aboutRow));
  const verdicts = new Map<string, boolean>();
  return rows.filter((row) => {
    const run = trace.runs.get(row.run);
    let passes = verdicts.get(row.run);
    if (passes === undefined) {
      passes = run !== undefined && runTest((term) => ofRun(term, run, now));
      verdicts.set(row.run, passes);
    }
    return passes && rowTest((term) => ofRow(term, row, run));
  });
}
