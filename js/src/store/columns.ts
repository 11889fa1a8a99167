// Numbers in typed arrays that grow by doubling, and the search in lists that grow in order.
type Numbers = Uint8Array | Uint32Array | Float64Array;

export class Column<T extends Numbers = Numbers> {
  length = 0;

  constructor(private data: T) {}

  at(place: number): number {
    return this.data[place] ?? 0;
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const wider = new (this.data.constructor as new (length: number) => T)(Math.max(64, 2 * this.length));
      wider.set(this.data);
      this.data = wider;
    }
    this.data[this.length++] = value;
  }
}

/** How many of the first `count` places have a number below `limit`; they grow from place to place. */
export function below(at: (place: number) => number, count: number, limit: number): number {
  // Most ask for all or almost all of them.
  if (count === 0 || at(count - 1) < limit) return count;
  let from = 0;
  let to = count - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (at(middle) < limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

export const belowIn = (list: readonly number[], limit: number) =>
  below((place) => list[place] as number, list.length, limit);
