// Lines and arrow heads as SVG paths.
import type { Point } from "./level";

const HEAD = { length: 6, half: 3.5 };

const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
export const round = (value: number) => Math.round(value * 10) / 10;

/** A line downward through these points, that arrives and leaves straight. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]];
  let [d, last] = [`M${at(first)}`, first];
  for (const point of rest) {
    const middle = round((last.y + point.y) / 2);
    d +=
      last.x === point.x
        ? `V${round(point.y)}`
        : `C${round(last.x)} ${middle} ${round(point.x)} ${middle} ${at(point)}`;
    last = point;
  }
  return d;
}

/** A line of straight pieces with round corners. */
export function bent(points: readonly Point[], radius = 8): string {
  const toward = (from: Point, to: Point, most: number): Point => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const part = Math.min(most, length / 2) / length;
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
  };
  let d = "";
  for (const [index, point] of points.entries()) {
    const [before, after] = [points[index - 1], points[index + 1]];
    if (before && after) d += `L${at(toward(point, before, radius))}Q${at(point)} ${at(toward(point, after, radius))}`;
    else d += `${before ? "L" : "M"}${at(point)}`;
  }
  return d;
}

/** The last point of a line, moved back to where its arrow head begins. */
export function before(tip: Point, dx: number, dy: number): Point {
  return { x: tip.x - dx * HEAD.length, y: tip.y - dy * HEAD.length };
}

/** An arrow head that points in a direction, which is straight down or to a side. */
export function head(tip: Point, dx: number, dy: number): string {
  const foot = before(tip, dx, dy);
  const [x, y] = [dy * HEAD.half, dx * HEAD.half];
  return `M${at(tip)}L${at({ x: foot.x - x, y: foot.y - y })}L${at({ x: foot.x + x, y: foot.y + y })}z`;
}
