// How the runs of a step stood at any moment, read off sums that grow with its events instead of run by run.
import { CANCEL, END, ERROR } from "../wire/parts";
import { below, Column } from "./columns";

const counts = () => new Column(new Uint32Array(0));
const times = () => new Column(new Float64Array(0));

/** A sum over the first `count`. */
const upTo = (column: Column, count: number) => (count > 0 ? column.at(count - 1) : 0);
const add = (column: Column, by: number) => column.push(upTo(column, column.length) + by);

export class Tally {
  private readonly starts = counts();
  private readonly begun = times();
  private readonly ends = counts();
  private readonly ended = times();
  private readonly faults = counts();
  private readonly failed = counts();
  private readonly cancelled = counts();
  private followed: number[] = [];

  /** A run began, told in the order of the events, as the ends are. Beside an open one it takes no time of its own. */
  begin(place: number, t: number): void {
    for (const kind of this.followed) this.fault(place, kind, -1);
    this.followed = [];
    add(this.begun, this.isIdle() ? t : 0);
    this.starts.push(place);
  }

  end(place: number, t: number, kind: number): void {
    this.ends.push(place);
    add(this.ended, this.isIdle() ? t : 0);
    this.fault(place, kind, 1);
  }

  /** A run that ended so belongs to an attempt that another one follows: with the next run it no longer counts. */
  follow(kind: number): void {
    this.followed.push(kind);
  }

  private fault(place: number, kind: number, by: number): void {
    if (kind === END) return;
    this.faults.push(place);
    add(this.failed, kind === ERROR ? by : 0);
    add(this.cancelled, kind === CANCEL ? by : 0);
  }

  private isIdle(): boolean {
    return this.starts.length === this.ends.length;
  }

  /** When so many events had happened: how many runs had begun, were open, had failed for good; and for how long any was. */
  at(events: number, now: number) {
    const before = (column: Column) => below((index) => column.at(index), column.length, events);
    const count = before(this.starts);
    const over = before(this.ends);
    const faults = before(this.faults);
    return {
      count,
      open: count - over,
      failed: upTo(this.failed, faults),
      cancelled: upTo(this.cancelled, faults),
      spent: upTo(this.ended, over) + (count > over ? now : 0) - upTo(this.begun, count),
    };
  }
}
