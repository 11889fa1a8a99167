// Figures about runs: of a step, of a model run, of the whole trace.
import { END, ERROR } from "../wire/parts";
import type { Value } from "../wire/types";
import { belowIn } from "./columns";
import { endStatus, isModel, type Run, type RunRecord, type Status } from "./runs";
import type { Step } from "./steps";
import type { Trace } from "./trace";

export interface StepState {
  status: Status;
  count: number;
  /** For how long any run of it went on, in ms. */
  spent: number;
}

/** What a step is doing; in a trace that has ended, what did not run will not. */
export function stepState(trace: Trace, { runs, tally }: Step, now: number): StepState {
  const { count, open, failed, cancelled, spent } = tally.at(trace.events, now);
  const last = trace.runs.get(runs[count - 1] as string)?.status;
  const still = last === "waiting" ? last : last ? "done" : trace.closed ? "skipped" : "waiting";
  const over = failed ? "failed" : cancelled ? "cancelled" : still;
  return { status: open > 0 ? openState(trace, runs, count, open) : over, count, spent };
}

/** How the open ones of the first `count` runs stand: the last are looked at first. */
function openState(trace: Trace, runs: readonly string[], count: number, open: number): Status {
  for (let at = count - 1; at >= 0 && open > 0; at--) {
    const run = trace.runs.get(runs[at] as string) as Run;
    if (run.status === "streaming") return run.status;
    if (run.end === null) open--;
  }
  return "running";
}

interface ModelFigures {
  tokens: number;
  /** ms from the run's start to its first token. */
  firstToken: number | null;
  perSecond: number | null;
}

function perSecond(tokens: number, from: number | null, to: number | null): number | null {
  return from !== null && to !== null && to > from && tokens > 1 ? ((tokens - 1) * 1000) / (to - from) : null;
}

export function modelFigures(run: Run): ModelFigures {
  return {
    tokens: run.usage ?? run.tokens,
    firstToken: run.firstToken === null ? null : run.firstToken - run.start,
    perSecond: perSecond(run.tokens, run.firstToken, run.lastToken),
  };
}

interface TraceFigures {
  status: Status;
  elapsed: number;
  firstToken: number | null;
  perSecond: number | null;
  tokens: number;
  errors: number;
}

/** Reads the figures off the records: no run is made for it. */
export function traceFigures(trace: Trace, now: number): TraceFigures {
  const { log, events, count } = trace;
  const failed: RunRecord[] = [];
  const figures = { tokens: 0, streamed: 0, streaming: 0, first: Number.POSITIVE_INFINITY };
  let stopped = false;
  const waits = new Set<Value | undefined>();
  for (let index = 0; index < count; index++) {
    const run = log.runs[index] as RunRecord;
    const ending = run.end < events ? run.ending : 0;
    const thread = run.root.metadata.thread_id;
    // What waits is taken up by a later run of the same thread.
    if (!run.parent) waits.delete(thread);
    if (ending === ERROR) failed.push(run);
    else if (ending !== END && endStatus(run) === "waiting") waits.add(thread);
    else if (ending !== END) stopped = true;
    if (isModel(run)) addModel(figures, trace, run, ending !== 0);
  }
  // A failing run fails those around it too: only the innermost counts as an error.
  const around = new Set(failed.map((run) => run.parent));
  const errors = failed.filter((run) => !around.has(run)).length;
  const { tokens, streamed, streaming, first } = figures;
  return {
    status: !trace.closed
      ? trace.have === 0
        ? "waiting"
        : "running"
      : failed.some((run) => !run.parent)
        ? "failed"
        : stopped && errors === 0
          ? "cancelled"
          : waits.size
            ? "waiting"
            : "done",
    elapsed: trace.have === 0 ? 0 : Math.max(0, (trace.closed ? trace.last : now) - trace.begin),
    firstToken: first === Number.POSITIVE_INFINITY ? null : Math.max(0, first - trace.begin),
    perSecond: streaming > 0 ? (streamed * 1000) / streaming : null,
    tokens,
    errors,
  };
}

function addModel(
  sum: { tokens: number; streamed: number; streaming: number; first: number },
  { log, events }: Trace,
  run: RunRecord,
  ended: boolean,
): void {
  const count = belowIn(run.tokens, events);
  sum.tokens += (ended ? run.usage : null) ?? count;
  if (count === 0) return;
  const first = log.times.at(run.tokens[0] as number);
  sum.streamed += count - 1;
  sum.streaming += log.times.at(run.tokens[count - 1] as number) - first;
  sum.first = Math.min(sum.first, first);
}
