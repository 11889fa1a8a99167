// A trace as the page knows it, and the one pure function by which it grows: `applyBatch`.
//
// A trace is a value: a batch makes the next one. Its long lists only grow and are shared between versions, each of
// which reads them up to its own counts.
import type { Batch, Chunks, Event, Graph, Patch, Value } from "../wire/types";
import { textOf } from "../wire/values";
import { BadPatch, Patcher } from "./patch";
import { endRun, type Run, startRun } from "./runs";

export type RowKind = "start" | "stream" | "end" | "error" | "cancel" | "custom";

/** One event, as the event table shows it; its place in the list is its `seq`. */
export interface Row {
  seq: number;
  t: number;
  run: string;
  kind: RowKind;
  /** What the event brought: an input, a chunk, an output, an error's message, a reason, a custom event's data. */
  value: Value | undefined;
  label?: string;
}

/** The RunState of one root run, with the patches that made it. */
export interface StateLog {
  state: Value;
  patches: readonly Patch[];
  count: number;
  refused: number;
}

export interface Trace {
  have: number;
  closed: boolean;
  last: number;
  rows: readonly Row[];
  order: readonly string[];
  count: number;
  runs: ReadonlyMap<string, Run>;
  graphs: ReadonlyMap<string, Graph>;
  states: ReadonlyMap<string, StateLog>;
}

export const EMPTY: Trace = {
  have: 0,
  closed: false,
  last: 0,
  rows: [],
  order: [],
  count: 0,
  runs: new Map(),
  graphs: new Map(),
  states: new Map(),
};

function rowOf(event: Event): Row {
  const row = { seq: event.seq, t: event.t, run: event.run, kind: event.kind };
  switch (event.kind) {
    case "start":
      return { ...row, value: event.has_input ? event.input : undefined };
    case "end":
      return { ...row, value: event.output };
    case "error":
      return { ...row, value: `${event.error.type}: ${event.error.message}` };
    case "cancel":
      return { ...row, value: event.reason };
    case "custom":
      return { ...row, value: event.data, label: event.name };
  }
}

function applyEvent(runs: Map<string, Run>, order: string[], event: Event): void {
  if (event.kind === "start") {
    const parent = event.parent === null ? undefined : runs.get(event.parent);
    if (parent) runs.set(parent.id, { ...parent, children: [...parent.children, event.run] });
    runs.set(event.run, startRun(event, parent));
    order.push(event.run);
    return;
  }
  const run = runs.get(event.run);
  if (run && event.kind !== "custom") runs.set(run.id, endRun(run, event));
}

function applyChunks(runs: Map<string, Run>, rows: Row[], chunks: Chunks): void {
  const run = runs.get(chunks.run);
  if (!run) return;
  const next: Run = { ...run, chunks: run.chunks + chunks.seqs.length };
  if (next.end === null) next.status = "streaming";
  chunks.seqs.forEach((seq, index) => {
    const t = chunks.ts[index] ?? 0;
    const text = chunks.texts[index] ?? null;
    const value = text ?? chunks.values?.[index] ?? null;
    const told = text ?? textOf(value);
    run.log.seqs.push(seq);
    run.log.ts.push(t);
    run.log.texts.push(told);
    run.log.values.push(value);
    rows[seq] = { seq, t, run: run.id, kind: "stream", value };
    if (told === "") return;
    next.tokens++;
    next.firstToken ??= t;
    next.lastToken = t;
  });
  runs.set(run.id, next);
}

function applyPatches(states: ReadonlyMap<string, StateLog>, patches: Patch[]): ReadonlyMap<string, StateLog> {
  const next = new Map(states);
  const patcher = new Patcher();
  for (const patch of patches) {
    const log = next.get(patch.root) ?? { state: null, patches: [], count: 0, refused: 0 };
    let { state, refused } = log;
    for (const op of patch.ops) {
      try {
        state = patcher.apply(state, op);
      } catch (error) {
        if (!(error instanceof BadPatch)) throw error;
        refused++;
      }
    }
    (log.patches as Patch[]).push(patch);
    next.set(patch.root, { state, patches: log.patches, count: log.count + 1, refused });
  }
  return next;
}

/** The trace after a batch that begins where the trace ends. */
export function applyBatch(trace: Trace, batch: Batch): Trace {
  const { events = [], chunks = [], patches = [], graphs = [] } = batch;
  const runs = new Map(trace.runs);
  const rows = trace === EMPTY ? [] : (trace.rows as Row[]);
  const order = trace === EMPTY ? [] : (trace.order as string[]);
  const started = events.filter((event) => event.kind === "start");
  const others = events.filter((event) => event.kind !== "start");
  for (const event of events) rows[event.seq] = rowOf(event);
  // Within a batch the columns stand apart from the events: a run's start goes before its chunks, its end after.
  for (const event of started) applyEvent(runs, order, event);
  for (const columns of chunks) applyChunks(runs, rows, columns);
  for (const event of others) applyEvent(runs, order, event);
  return {
    have: Math.max(trace.have, batch.to_seq),
    closed: trace.closed || batch.closed,
    last: rows[batch.to_seq - 1]?.t ?? trace.last,
    rows,
    order,
    count: order.length,
    runs,
    graphs: graphs.length
      ? new Map([...trace.graphs, ...graphs.map(({ root, graph }) => [root, graph] as const)])
      : trace.graphs,
    states: patches.length ? applyPatches(trace.states, patches) : trace.states,
  };
}
