// The runs of a trace as the rows of a tree. Their order is reckoned in columns, so that it is cheap for very many of
// them; a row is made when it is read.
import type { Run } from "../../store/runs";
import type { Trace } from "../../store/trace";
import type { RowList, TreeRow } from "../../ui/tree";

export interface RunRow extends TreeRow {
  run: Run;
  matches: boolean;
}

/** Which run stands in which row: runs that pass the filter and those above them, but for what is folded away. */
export class RunOrder {
  readonly length: number;
  readonly runs: Uint32Array;
  /** By run: its row, -1 without one; and its place among its siblings. */
  readonly rows: Int32Array;
  readonly places: Uint32Array;
  /** By run, and at the end of the roots: how many children have a row. */
  readonly children: Uint32Array;

  constructor(
    readonly trace: Trace,
    /** By run: 1 where it passes; null where all do. */
    readonly passing: Uint8Array | null,
    readonly folded: ReadonlySet<string>,
  ) {
    const { count, log } = trace;
    const closed = new Uint8Array(count);
    for (const id of folded) closed[log.byId.get(id)?.index ?? count] = 1;
    const parentOf = (index: number) => log.runs[index]?.parent?.index ?? count;
    // A parent begins before its children: backwards the sizes add up, forwards each finds its place.
    const sizes = new Uint32Array(count + 1);
    for (let index = count - 1; index >= 0; index--) {
      const below = sizes[index] as number;
      if (below === 0 && passing && !passing[index]) continue;
      sizes[index] = closed[index] ? 1 : below + 1;
      (sizes[parentOf(index)] as number) += sizes[index] as number;
    }
    this.length = sizes[count] as number;
    this.runs = new Uint32Array(this.length);
    this.rows = new Int32Array(count).fill(-1);
    this.places = new Uint32Array(count);
    this.children = new Uint32Array(count + 1);
    const next = new Uint32Array(count + 1);
    for (let index = 0; index < count; index++) {
      const parent = parentOf(index);
      if (sizes[index] === 0 || closed[parent] || this.rows[parent] === -1) continue;
      const row = next[parent] as number;
      (next[parent] as number) += sizes[index] as number;
      next[index] = row + 1;
      this.runs[row] = index;
      this.rows[index] = row;
      (this.children[parent] as number)++;
      this.places[index] = this.children[parent] as number;
    }
  }
}

export class RunRows implements RowList<RunRow> {
  readonly length: number;

  /** `trace`: the runs as they stand; the order may be that of an earlier version with as many runs. */
  constructor(
    private readonly trace: Trace,
    private readonly order: RunOrder,
    private readonly labelOf: (run: Run) => string,
  ) {
    this.length = order.length;
  }

  at(row: number): RunRow | undefined {
    const { children, folded, passing, places, runs } = this.order;
    const index = runs[row];
    const record = index === undefined ? undefined : this.trace.log.runs[index];
    if (index === undefined || !record) return undefined;
    const run = this.trace.runs.at(index);
    return {
      key: run.id,
      level: run.depth + 1,
      open: run.childCount > 0 ? !folded.has(run.id) : undefined,
      place: places[index] as number,
      of: children[record.parent?.index ?? this.trace.count] as number,
      label: this.labelOf(run),
      run,
      matches: passing?.[index] !== 0,
    };
  }

  slice(from: number, to: number): RunRow[] {
    const rows: RunRow[] = [];
    for (let row = from; row < Math.min(to, this.length); row++) rows.push(this.at(row) as RunRow);
    return rows;
  }

  indexOf(key: string | null): number {
    return this.order.rows[this.trace.log.byId.get(key ?? "")?.index ?? -1] ?? -1;
  }
}
