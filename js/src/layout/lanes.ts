// A link that leads back runs up a lane of its own beside the nodes, the nearest one that is free.

import type { LevelLink, Point, Route, Size } from "./level";
import { before, bent, head } from "./lines";
import type { Box } from "./rank";

export interface Obstacle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A row of nodes, from its top to its bottom. */
type RowOf = (box: Box) => { top: number; bottom: number };

const LANE = 12;
const LINE = 4;
/** Half the height at the side of a node where lines begin and end. */
const DOCK = 10;
const APART = 7;
const ROW = 9;
/** What a way around a neighbour costs, in pixels of detour. */
const AROUND = 80;

type Side = -1 | 1;

interface Lane {
  side: Side;
  x: number;
  cost: number;
  /** Whether the way from or to the side of each end is free. */
  freeSource: boolean;
  freeTarget: boolean;
}

/** Lays the lanes one after another; each is in the way of the next. */
export class Lanes {
  /** What a lane may not touch. */
  readonly taken: Obstacle[];
  /** What no line may cross. */
  private readonly solid: Obstacle[];
  private readonly docked = new Map<string, number>();

  constructor(
    private readonly boxes: readonly Box[],
    private readonly rowOf: RowOf,
  ) {
    this.solid = boxes.map((box) => around(box, box));
    this.taken = [...this.solid];
  }

  avoid(obstacle: Obstacle): void {
    this.taken.push(obstacle);
    this.solid.push(obstacle);
  }

  /** Keeps lanes off the upright parts of a line. */
  avoidLine(points: readonly Point[]): void {
    for (const [index, { x, y }] of points.entries()) {
      const last = points[index - 1];
      if (last?.x === x) this.taken.push(rect(x - LINE, x + LINE, y, last.y));
    }
  }

  route(link: LevelLink): Route {
    const source = this.boxes[link.source] as Box;
    const target = this.boxes[link.target] as Box;
    const [right, left] = [this.lane(source, target, link, 1), this.lane(source, target, link, -1)];
    const { side, x, freeSource, freeTarget } = left.cost < right.cost ? left : right;
    const from = freeSource ? this.beside(source, link.source, side) : this.under(source, link.source, side);
    const to = freeTarget ? this.beside(target, link.target, side) : this.over(target, link.target, side);
    const [dx, dy] = freeTarget ? [-side, 0] : [0, 1];
    const tip = to[0] as Point;
    const [low, high] = [(from.at(-1) as Point).y, (to.at(-1) as Point).y];
    const points = [...from, { x, y: low }, { x, y: high }, ...to.slice(1).reverse(), before(tip, dx, dy)];
    const middle = { x, y: (low + high) / 2 };
    this.avoidLine(points);
    if (link.width) this.avoid(around(middle, link));
    return { d: bent(points), head: head(tip, dx, dy), ...middle, back: true };
  }

  private lane(source: Box, target: Box, link: LevelLink, side: Side): Lane {
    const outer = (box: Box) => side * box.x + box.width / 2;
    const [top, bottom] = [this.rowOf(target).top - ROW, this.rowOf(source).bottom + ROW];
    const half = Math.max(LANE, link.width / 2 + 6);
    const x = side * this.free(Math.max(outer(source), outer(target)) + half, half, side, top, bottom);
    const [freeSource, freeTarget] = [this.isFree(source, x), this.isFree(target, x)];
    const cost = 2 * side * x - outer(source) - outer(target) + (freeSource ? 0 : AROUND) + (freeTarget ? 0 : AROUND);
    return { side, x, cost, freeSource, freeTarget };
  }

  /** The nearest place outward from `x` where a strip of this height meets nothing. All to the left is mirrored. */
  private free(x: number, half: number, side: Side, top: number, bottom: number): number {
    const found: [number, number][] = [];
    for (const other of this.taken) {
      if (other.top >= bottom || other.bottom <= top) continue;
      const [left, right] = side > 0 ? [other.left, other.right] : [-other.right, -other.left];
      if (right > x - half) found.push([left, right]);
    }
    found.sort(([a], [b]) => a - b);
    let at = x;
    for (const [left, right] of found) if (left < at + half && right > at - half) at = right + half;
    return at;
  }

  /** Whether nothing stands between the side of a node and its lane. */
  private isFree(box: Box, x: number): boolean {
    const edge = box.x + (Math.sign(x - box.x) * box.width) / 2;
    const way = rect(Math.min(edge, x), Math.max(edge, x), box.y - DOCK, box.y + DOCK);
    return this.solid.every(
      ({ left, right, top, bottom }) =>
        right <= way.left || left >= way.right || bottom <= way.top || top >= way.bottom,
    );
  }

  /** The nth line at a side of a node, from 0. */
  private nth(place: number, where: string): number {
    const key = `${place} ${where}`;
    const count = this.docked.get(key) ?? 0;
    this.docked.set(key, count + 1);
    return count;
  }

  private beside(box: Box, place: number, side: Side): Point[] {
    const nth = this.nth(place, `side ${side}`);
    const shift = Math.ceil(nth / 2) * APART * (nth % 2 ? 1 : -1);
    const most = Math.max(0, box.height / 2 - 6);
    return [{ x: box.x + (side * box.width) / 2, y: box.y + Math.max(-most, Math.min(most, shift)) }];
  }

  private under(box: Box, place: number, side: Side): Point[] {
    const x = this.dock(box, place, side, "under");
    return [
      { x, y: box.y + box.height / 2 },
      { x, y: this.rowOf(box).bottom + ROW },
    ];
  }

  private over(box: Box, place: number, side: Side): Point[] {
    const x = this.dock(box, place, side, "over");
    return [
      { x, y: box.y - box.height / 2 },
      { x, y: this.rowOf(box).top - ROW },
    ];
  }

  private dock(box: Box, place: number, side: Side, where: string): number {
    const part = 0.25 + 0.08 * (this.nth(place, `${where} ${side}`) % 3);
    return box.x + side * box.width * part;
  }
}

export const rect = (left: number, right: number, top: number, bottom: number): Obstacle => ({
  left,
  right,
  top: Math.min(top, bottom),
  bottom: Math.max(top, bottom),
});

/** The room of something of this size around its middle. */
export const around = ({ x, y }: Point, { width, height }: Size): Obstacle =>
  rect(x - width / 2, x + width / 2, y - height / 2, y + height / 2);
