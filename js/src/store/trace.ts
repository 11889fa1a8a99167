// A trace as it stood at some moment: a log read up to so many events. The newest moment and any past one are alike, so
// a version costs nothing to make, and the views follow the time cursor without knowing of it.
import { START } from "../wire/parts";
import type { Graph, Value } from "../wire/types";
import { below } from "./columns";
import { Log } from "./log";
import { type Run, runAt } from "./runs";
import { StateLog } from "./states";

type RowKind = "start" | "stream" | "end" | "error" | "cancel" | "custom";

/** One event, as the event table shows it. */
export interface Row {
  seq: number;
  t: number;
  run: string;
  kind: RowKind;
  /** What the event brought: an input, a chunk, an output, an error's message, a reason, a custom event's data. */
  value: Value | undefined;
  label?: string | undefined;
}

/** The kinds by their codes on the wire, from `START` to `CUSTOM`: a chunk and a token are both of the stream. */
const KINDS: readonly RowKind[] = ["start", "stream", "stream", "end", "error", "cancel", "custom"];

export const kindName = (code: number): RowKind => KINDS[code - START] as RowKind;

/** What `get` gives for an id, as of the moment. */
interface Lookup<T> {
  get(id: string): T | undefined;
  has(id: string): boolean;
}

export class Trace {
  readonly runs: Lookup<Run> & { readonly size: number; at(index: number): Run; values(): Iterable<Run> };
  /** By the id of their root run; `at` and `placeOf` count the root runs from 0. */
  readonly states: Lookup<StateLog> & { readonly size: number; at(place: number): string; placeOf(id: string): number };
  readonly graphs: ReadonlyMap<string, Graph>;
  /** Ids of the runs in order of their start; this moment knows the first `count` of them. */
  readonly order: readonly string[];
  readonly count: number;

  constructor(
    readonly log: Log,
    /** Events with a lower `seq` have happened. */
    readonly have: number,
    /** How many events these are on this page. */
    readonly events: number,
    readonly closed: boolean,
  ) {
    this.order = log.order;
    this.graphs = log.graphs;
    const count = below((index) => log.runs[index]?.start ?? 0, log.runs.length, events);
    this.count = count;
    const get = (id: string) => {
      const record = log.byId.get(id);
      return record && runAt(log, record, events);
    };
    const at = (index: number) => runAt(log, log.runs[index] as Log["runs"][number], events) as Run;
    const has = (id: string) => (log.byId.get(id)?.index ?? count) < count;
    this.runs = {
      ...{ get, has, at, size: count },
      *values() {
        for (let index = 0; index < count; index++) yield at(index);
      },
    };
    const { roots } = log;
    const rootsBefore = (place: number) => below((index) => roots[index]?.start ?? 0, roots.length, place);
    this.states = {
      get: (id) => {
        const record = log.byId.get(id);
        const patches = record && has(id) ? log.states.get(record) : undefined;
        return patches && new StateLog(log, patches, record as NonNullable<typeof record>, patches.countAt(events));
      },
      has: (id) => has(id) && log.byId.get(id)?.parent === null,
      size: rootsBefore(events),
      at: (place) => roots[place]?.id ?? "",
      placeOf: (id) => rootsBefore(log.byId.get(id)?.start ?? 0),
    };
  }

  /** How many of the model runs had begun. */
  get modelCount(): number {
    const { models } = this.log;
    return below((index) => models[index]?.start ?? 0, models.length, this.events);
  }

  /** Ids of the root runs. */
  get roots(): string[] {
    return this.log.roots.slice(0, this.states.size).map(({ id }) => id);
  }

  /** How many events the recorder has dropped. */
  get dropped(): number {
    return this.log.dropped;
  }

  /** The time of the first event, 0 without one. */
  get begin(): number {
    return this.events > 0 ? this.log.times.at(0) : 0;
  }

  /** The time of the last event. */
  get last(): number {
    return this.events > 0 ? this.log.times.at(this.events - 1) : 0;
  }

  /** The event at a place, counted from 0 in the order of `seq`. */
  row(place: number): Row {
    const { log } = this;
    const kind = kindName(log.kindAt(place));
    const label = log.labelAt(place);
    const run = log.ownerAt(place).id;
    return { seq: log.seqs.at(place), t: log.times.at(place), run, kind, value: log.saidAt(place), label };
  }
}

export const EMPTY = new Trace(new Log(), 0, 0, false);

/** The newest moment of a log. */
export const newestOf = (log: Log) => new Trace(log, log.have, log.count, log.closed);

/** The trace as it stood when the events with a lower `seq` had happened. */
export function traceAt(trace: Trace, seq: number): Trace {
  const events = Math.min(trace.events, trace.log.placeOf(seq));
  return new Trace(trace.log, Math.min(seq, trace.have), events, false);
}
