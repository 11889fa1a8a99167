// The span of time that the timeline shows, and the marks on its axis.
import { words } from "../../ui/words";

export interface Span {
  from: number;
  to: number;
}

const LEAST = 0.02;

/** The span moved and cut so that it lies within the whole; null for all of it. */
export function within(from: number, to: number, whole: Span): Span | null {
  const all = whole.to - whole.from;
  const width = Math.max(to - from, Math.min(LEAST, all));
  if (width >= all) return null;
  const start = Math.min(Math.max(from, whole.from), whole.to - width);
  return { from: start, to: start + width };
}

/** The span made wider by a factor, around a time in it that stays where it is seen. */
export function scaled({ from, to }: Span, factor: number, at: number, whole: Span): Span | null {
  return within(at - (at - from) * factor, at + (to - at) * factor, whole);
}

/** Round times to mark on an axis, about `count` of them, and how each is written. */
export function ticks({ from, to }: Span, count: number): { t: number; label: string }[] {
  if (to <= from) return [];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const [unit, scale] = to < 1000 ? ["ms", 1] : ["s", 1000];
  const digits = Math.max(0, -Math.floor(Math.log10(step / scale) + 1e-9));
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => {
    const t = (first + index) * step;
    return { t, label: `${(t / scale).toFixed(digits).replace(".", words.point)} ${unit}` };
  });
}
