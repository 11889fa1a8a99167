// The rows of the event table: places in the log, made into rows when they are read.
import { below } from "./columns";
import type { Row, Trace } from "./trace";

export class Rows {
  readonly length: number;

  /** `places`: which events these are, in order; null for all of the trace's. Of them, those from one on and up to another. */
  constructor(
    private readonly trace: Trace,
    private readonly places: Uint32Array | null,
    private readonly from = 0,
    to = places ? places.length : trace.events,
  ) {
    this.length = to - from;
  }

  private placeAt(index: number): number {
    const at = this.from + index;
    return this.places ? (this.places[at] as number) : at;
  }

  /** The rows of a span of time. */
  between(from: number, to: number): Rows {
    const { times } = this.trace.log;
    const before = (t: number) => this.from + below((index) => times.at(this.placeAt(index)), this.length, t);
    // Times are told to a hundredth of a millisecond.
    return new Rows(this.trace, this.places, before(from), before(to + 0.01));
  }

  at(index: number): Row | undefined {
    return index >= 0 && index < this.length ? this.trace.row(this.placeAt(index)) : undefined;
  }

  slice(from: number, to: number): Row[] {
    const rows: Row[] = [];
    for (let index = Math.max(0, from); index < Math.min(to, this.length); index++) rows.push(this.at(index) as Row);
    return rows;
  }

  /** The place among these rows of the event with this `seq`; -1 where it is not among them. */
  indexOf(seq: number): number {
    const { seqs } = this.trace.log;
    const index = below((at) => seqs.at(this.placeAt(at)), this.length, seq);
    return index < this.length && seqs.at(this.placeAt(index)) === seq ? index : -1;
  }

  /** The first row of a run; -1 without one. */
  firstOf(run: string | null): number {
    const { log } = this.trace;
    const record = log.byId.get(run ?? "");
    if (!record) return -1;
    let index = below((at) => this.placeAt(at), this.length, record.start);
    while (index < this.length && log.runIndexAt(this.placeAt(index)) !== record.index) index++;
    return index < this.length ? index : -1;
  }

  /** By the place of a run in the log: 1 where it has a row here. */
  runs(): Uint8Array {
    const { log } = this.trace;
    const seen = new Uint8Array(log.runs.length);
    for (let index = 0; index < this.length; index++) seen[log.runIndexAt(this.placeAt(index))] = 1;
    return seen;
  }
}
