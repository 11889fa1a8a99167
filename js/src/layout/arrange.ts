// Lays out one level of a graph of states: forward links down the page, those that lead back up beside the nodes.
import { backLinks } from "./cycles";
import { around, Lanes, type Obstacle, rect } from "./lanes";
import type { Level, LevelLink, Placed, Point, Route } from "./level";
import { before, curve, head } from "./lines";
import { loopRoutes } from "./loops";
import { type Box, rank, type Way } from "./rank";

const EDGE = 2;
const LOOP = 10;

interface Row {
  top: number;
  bottom: number;
}

/** The rows of nodes, by the height of their middle. */
function rowsOf(boxes: readonly Box[]): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const { y, height } of boxes) {
    const { top, bottom } = rows.get(y) ?? { top: y, bottom: y };
    rows.set(y, { top: Math.min(top, y - height / 2), bottom: Math.max(bottom, y + height / 2) });
  }
  return rows;
}

/** The points of a forward link; through a row of nodes it goes straight, so that it stays between them. */
function pointsOf(source: Box, target: Box, way: Way, rows: Map<number, Row>): Point[] {
  const first = { x: source.x, y: source.y + source.height / 2 };
  const last = { x: target.x, y: target.y - target.height / 2 };
  const between = way.points.flatMap(({ x, y }) => {
    const row = rows.get(y);
    return row ? [row.top, row.bottom].map((at) => ({ x, y: at })) : [{ x, y }];
  });
  const [left, reached] = [rows.get(source.y)?.bottom ?? 0, rows.get(target.y)?.top ?? 0];
  const points = [first, { x: source.x, y: left }, ...between, { x: target.x, y: reached }, last];
  const isOn = ({ x, y }: Point, next: Point) => x === next.x && y <= next.y;
  return points.filter((point, index) => {
    const [before, after] = [points[index - 1], points[index + 1]];
    return !before || !after || !isOn(before, point) || !isOn(point, after);
  });
}

export function arrange(level: Level): Placed {
  const isNode = (place: number) => level.nodes[place] !== undefined;
  const valid = [...level.links.entries()].filter(([, { source, target }]) => isNode(source) && isNode(target));
  const back = backLinks(level);
  const forward = new Map(valid.filter(([index]) => !back.has(index)));
  const { boxes, ways } = rank(level, forward);
  const boxAt = (place: number) => boxes[place] as Box;
  const rows = rowsOf(boxes);
  const routes = new Map<number, Route>();
  const lanes = new Lanes(boxes, ({ y }) => rows.get(y) as Row);

  for (const [index, link] of forward) {
    const way = ways.get(index) as Way;
    const points = pointsOf(boxAt(link.source), boxAt(link.target), way, rows);
    const tip = points.pop() as Point;
    const line = [...points, before(tip, 0, 1)];
    lanes.avoidLine(line);
    if (way.label) lanes.avoid(around(way.label, link));
    routes.set(index, { d: curve(line), head: head(tip, 0, 1), ...(way.label ?? tip), back: false });
  }

  const backward = valid.filter(([index]) => back.has(index));
  const [loops, climbs] = [backward.filter(isLoop), backward.filter((entry) => !isLoop(entry))];
  for (const place of new Set(loops.map(([, { source }]) => source))) {
    const own = loops.filter(([, { source }]) => source === place);
    const box = boxAt(place);
    for (const [nth, route] of loopRoutes(
      box,
      own.map(([, link]) => link),
    ).entries()) {
      const [index, link] = own[nth] as [number, LevelLink];
      routes.set(index, route);
      lanes.avoid(rect(box.x, route.x + link.width / 2, box.y - LOOP, box.y + LOOP));
    }
  }
  const climb = ({ source, target }: LevelLink) => boxAt(source).y - boxAt(target).y;
  // Short ones first: the long ones go around them.
  for (const [index, link] of climbs.sort(([, a], [, b]) => climb(a) - climb(b))) routes.set(index, lanes.route(link));
  return framed(level, boxes, routes, lanes.taken);
}

const isLoop = ([, { source, target }]: [number, LevelLink]) => source === target;

/** The level with the corners of all that is drawn. */
function framed(level: Level, boxes: readonly Box[], routes: Map<number, Route>, all: readonly Obstacle[]): Placed {
  const least = (side: "left" | "top") => all.reduce((found, other) => Math.min(found, other[side]), 0);
  const most = (side: "right" | "bottom") => all.reduce((found, other) => Math.max(found, other[side]), 0);
  const [x, y] = [Math.floor(least("left")) - EDGE, Math.floor(least("top")) - EDGE];
  return {
    x,
    y,
    width: Math.ceil(most("right")) + EDGE - x,
    height: Math.ceil(most("bottom")) + EDGE - y,
    nodes: boxes.map((box) => ({ x: Math.round(box.x - box.width / 2), y: Math.round(box.y - box.height / 2) })),
    links: level.links.map((_, index) => routes.get(index) ?? null),
  };
}
