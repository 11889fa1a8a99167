// Figures about runs: of a step, of a model run, of the whole trace.
import type { Value } from "../wire/types";
import { isDict, isMessage, isTyped } from "../wire/values";
import { duration, isModel, isOpen, type Run, type Status } from "./runs";
import type { Step } from "./steps";
import type { Trace } from "./trace";

export interface StepState {
  status: Status;
  count: number;
  /** Time that its runs took together, in ms. */
  spent: number;
}

const WORST_FIRST: Status[] = ["streaming", "running", "failed", "cancelled"];

/** What a step is doing: `over` says that its trace has ended, so that what did not run will not. */
export function stepState(runs: readonly (Run | undefined)[], now: number, over: boolean): StepState {
  const known = runs.filter((run) => run !== undefined);
  const statuses = new Set(known.map((run) => run.status));
  const status = WORST_FIRST.find((one) => statuses.has(one)) ?? (known.length ? "done" : over ? "skipped" : "waiting");
  return { status, count: known.length, spent: known.reduce((sum, run) => sum + duration(run, now), 0) };
}

function usageOf(output: Value | undefined): number | null {
  if (isTyped(output, "object") && isDict(output.fields)) return usageOf(output.fields.message);
  if (!isMessage(output) || !isDict(output.usage_metadata)) return null;
  const tokens = output.usage_metadata.output_tokens;
  return typeof tokens === "number" ? tokens : null;
}

export interface ModelFigures {
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
    tokens: usageOf(run.output) ?? run.tokens,
    firstToken: run.firstToken === null ? null : run.firstToken - run.start,
    perSecond: perSecond(run.tokens, run.firstToken, run.lastToken),
  };
}

export interface TraceFigures {
  status: Status;
  elapsed: number;
  firstToken: number | null;
  perSecond: number | null;
  tokens: number;
  errors: number;
}

export function traceStatus(trace: Trace, errors: number): Status {
  if (!trace.closed) return trace.have === 0 ? "waiting" : "running";
  const runs = [...trace.runs.values()];
  if (runs.some((run) => !run.parent && run.status === "failed")) return "failed";
  if (runs.some((run) => run.status === "cancelled" || isOpen(run)) && errors === 0) return "cancelled";
  return "done";
}

/** A failing run fails those around it too: only the innermost counts as an error. */
function isOrigin(trace: Trace, run: Run): boolean {
  return run.status === "failed" && !run.children.some((id) => trace.runs.get(id)?.status === "failed");
}

export function traceFigures(trace: Trace, now: number): TraceFigures {
  const runs = [...trace.runs.values()];
  const models = runs.filter(isModel);
  const spoken = models.filter((run) => run.firstToken !== null);
  const begin = runs[0]?.start ?? 0;
  const first = spoken.length ? Math.min(...spoken.map((run) => run.firstToken ?? 0)) : null;
  const streamed = spoken.reduce((sum, run) => sum + run.tokens - 1, 0);
  const streaming = spoken.reduce((sum, run) => sum + ((run.lastToken ?? 0) - (run.firstToken ?? 0)), 0);
  const errors = runs.filter((run) => isOrigin(trace, run)).length;
  return {
    status: traceStatus(trace, errors),
    elapsed: trace.have === 0 ? 0 : Math.max(0, (trace.closed ? trace.last : now) - begin),
    firstToken: first === null ? null : first - begin,
    perSecond: streaming > 0 ? (streamed * 1000) / streaming : null,
    tokens: models.reduce((sum, run) => sum + modelFigures(run).tokens, 0),
    errors,
  };
}

/** The runs that tell how a step stands: of the attempts of a retry, the last. */
export function runsOf(trace: Trace, step: Step): (Run | undefined)[] {
  const runs = step.parent?.kind === "retry" ? step.runs.slice(-1) : step.runs;
  return runs.map((id) => trace.runs.get(id));
}
