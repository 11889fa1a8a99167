// Which events hold a text, as the kernel has told it part by part: a bit for each `seq`.

/** The bits from a `seq` on, in each byte the lowest first. */
export interface HitPart {
  from: number;
  bits: Uint8Array;
}

export class Hits {
  constructor(private readonly parts: readonly HitPart[]) {}

  has(seq: number): boolean {
    const part = this.parts.findLast(({ from }) => from <= seq);
    if (!part) return false;
    const at = seq - part.from;
    return (((part.bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
  }
}
