// Links from a node to itself: bows at its right side, one around the other.
import type { Level, LevelLink, Route } from "./level";
import { before, bent, head } from "./lines";
import type { Box } from "./rank";

const OUT = 18;
const MORE = 10;
const GAP = 4;
const HALF = 9;

const widest = (links: readonly LevelLink[]) => Math.max(...links.map(({ width }) => width));
const reach = (links: readonly LevelLink[]) => OUT + MORE * (links.length - 1);

/** What the loops of a node need beside it. */
export function loopRoom({ links }: Level, place: number): number {
  const loops = links.filter(({ source, target }) => source === place && target === place);
  return loops.length > 0 ? reach(loops) + GAP + widest(loops) : 0;
}

/** The loops of one node; their labels stand beside them, under each other. */
export function loopRoutes(box: Box, loops: readonly LevelLink[]): Route[] {
  const right = box.x + box.width / 2;
  const half = Math.min(box.height / 2 - 4, HALF);
  const labelled = loops.filter(({ width }) => width > 0);
  return loops.map((loop, nth) => {
    const out = right + OUT + MORE * nth;
    const [from, tip] = [
      { x: right, y: box.y - half },
      { x: right, y: box.y + half },
    ];
    const d = bent([from, { x: out, y: from.y }, { x: out, y: tip.y }, before(tip, -1, 0)]);
    const line = labelled.indexOf(loop) - (labelled.length - 1) / 2;
    const label = { x: right + reach(loops) + GAP + loop.width / 2, y: box.y + line * loop.height };
    return { d, head: head(tip, -1, 0), ...label, back: true };
  });
}
