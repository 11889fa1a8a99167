// The forward links by dagre: nodes in rows down the page, long links on their way around the nodes between.
import { Graph, layout } from "@dagrejs/dagre";
import type { Level, LevelLink, Point } from "./level";
import { loopRoom } from "./loops";
import { orderRanks } from "./order";
import { rowsOfNodes } from "./rows";

const GAPS = { nodesep: 22, edgesep: 18, ranksep: 48 };

/** A node with its middle. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** A forward link: the points on its way, and where its label is. */
export interface Way {
  points: Point[];
  label: Point | null;
}

interface Ranked {
  boxes: Box[];
  ways: Map<number, Way>;
}

export function rank(level: Level, forward: ReadonlyMap<number, LevelLink>): Ranked {
  const graph: Graph = new Graph({ multigraph: true });
  const rows = rowsOfNodes(level.nodes.length, forward.values(), level.start);
  const ranker = (ranked: Graph) => {
    // Labels have rows of their own between those of nodes; dagre's own root is no node of ours.
    for (const id of ranked.nodes()) ranked.node(id).rank = 2 * (rows[Number(id)] ?? -1);
  };
  graph.setGraph({ ...GAPS, ranker });
  for (const [place, { width, height }] of level.nodes.entries())
    graph.setNode(String(place), { width: width + 2 * loopRoom(level, place), height });
  for (const [index, { source, target, width, height }] of forward)
    graph.setEdge(String(source), String(target), { width, height, labelpos: "c" }, String(index));
  layout(graph, { customOrder: (ranked) => orderRanks(ranked, String(level.start)) });
  const boxes = level.nodes.map(({ width, height }, place) => {
    const { x, y } = graph.node(String(place));
    return { x, y, width, height };
  });
  const rowAt = new Set(boxes.map(({ y }) => y));
  const pairs = new Map<string, number>();
  const pairOf = ({ source, target }: LevelLink) => `${source} ${target}`;
  for (const link of forward.values()) pairs.set(pairOf(link), (pairs.get(pairOf(link)) ?? 0) + 1);
  const ways = new Map<number, Way>();
  for (const [index, link] of forward) {
    const { points, x, y } = graph.edge(String(link.source), String(link.target), String(index));
    const inner: Point[] = points.slice(1, -1);
    // Between rows a link bends freely, but for its label, and where another one joins the same nodes.
    const isFixed = (pairs.get(pairOf(link)) as number) > 1;
    const kept = inner.filter((point) => isFixed || rowAt.has(point.y) || (link.width > 0 && point.y === y));
    ways.set(index, { points: kept, label: link.width > 0 ? { x, y } : null });
  }
  return { boxes, ways };
}
