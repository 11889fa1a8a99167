// Who stands left of whom: few crossings, and the branches of a node always in their declared order.
import type { Graph } from "@dagrejs/dagre";

const ROUNDS = 6;

interface Spot {
  id: string;
  rank: number;
  at: number;
  up: Spot[];
  down: Spot[];
}

/** Spots that stand in this order where they share a rank: those on the ways from one node. */
type Branches = Spot[][];

function spotsOf(graph: Graph): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  for (const id of graph.nodes()) spots.set(id, { id, rank: graph.node(id).rank, at: 0, up: [], down: [] });
  const edges = graph.edges().map((edge) => ({ ...edge, link: linkOf(graph, edge) }));
  // In the declared order, which only the links know.
  for (const { v, w } of edges.sort((a, b) => a.link - b.link)) {
    const [upper, lower] = [spots.get(v) as Spot, spots.get(w) as Spot];
    upper.down.push(lower);
    lower.up.push(upper);
  }
  return spots;
}

/** The link that an edge of the ranked graph is a part of. */
function linkOf(graph: Graph, { v, w }: { v: string; w: string }): number {
  const { edgeObj } = graph.node(v).dummy ? graph.node(v) : graph.node(w);
  return Number(edgeObj.name);
}

function firstOrder(spots: Iterable<Spot>, start: Spot | undefined): Spot[][] {
  const layers: Spot[][] = [];
  const seen = new Set<Spot>();
  const all = [...spots].sort((a, b) => a.rank - b.rank);
  const stack = [...(start ? [start] : []), ...all].reverse();
  for (let spot = stack.pop(); spot; spot = stack.pop()) {
    if (seen.has(spot)) continue;
    seen.add(spot);
    layers[spot.rank] ??= [];
    layers[spot.rank]?.push(spot);
    stack.push(...[...spot.down].reverse());
  }
  return layers.filter(Boolean);
}

function branchesOf(graph: Graph, spots: Map<string, Spot>): Branches {
  const found: Branches = [];
  for (const spot of spots.values()) {
    if (graph.node(spot.id).dummy || spot.down.length < 2) continue;
    const ranks = new Map<number, Set<Spot>>();
    for (const first of spot.down) {
      for (let at: Spot | undefined = first; at; at = graph.node(at.id).dummy ? at.down[0] : undefined)
        ranks.set(at.rank, (ranks.get(at.rank) ?? new Set()).add(at));
    }
    for (const branch of ranks.values()) if (branch.size > 1) found.push([...branch]);
  }
  // Where two nodes disagree the first one decides, so it has the last word.
  return found.reverse();
}

function number(layer: Spot[]): void {
  for (const [at, spot] of layer.entries()) spot.at = at;
}

/** Puts each spot of a layer over or under the middle of its neighbours. */
function sweep(layer: Spot[], side: "up" | "down", branches: Branches): void {
  const middle = new Map<Spot, number>();
  for (const spot of layer) {
    const near = spot[side];
    middle.set(spot, near.length ? near.reduce((sum, { at }) => sum + at, 0) / near.length : spot.at);
  }
  layer.sort((a, b) => (middle.get(a) as number) - (middle.get(b) as number) || a.at - b.at);
  number(layer);
  for (const branch of branches) {
    const places = branch.map(({ at }) => at).sort((a, b) => a - b);
    for (const [index, spot] of branch.entries()) {
      spot.at = places[index] as number;
      layer[spot.at] = spot;
    }
  }
}

function crossings(layers: Spot[][]): number {
  let count = 0;
  for (const layer of layers) {
    const passed: number[] = [];
    for (const spot of layer) {
      for (const at of spot.down.map((lower) => lower.at).sort((a, b) => a - b)) {
        let [low, high] = [0, passed.length];
        while (low < high) {
          const half = (low + high) >> 1;
          if ((passed[half] as number) <= at) low = half + 1;
          else high = half;
        }
        count += passed.length - low;
        passed.splice(low, 0, at);
      }
    }
  }
  return count;
}

/** Numbers the nodes of a ranked graph from left to right. */
export function orderRanks(graph: Graph, start: string): void {
  const spots = spotsOf(graph);
  const layers = firstOrder(spots.values(), spots.get(start));
  for (const layer of layers) number(layer);
  const branches = new Map<number, Branches>();
  for (const branch of branchesOf(graph, spots)) {
    const { rank } = branch[0] as Spot;
    branches.set(rank, [...(branches.get(rank) ?? []), branch]);
  }
  const sweepAll = (inOrder: Spot[][], side: "up" | "down") => {
    for (const layer of inOrder) sweep(layer, side, branches.get((layer[0] as Spot).rank) ?? []);
  };
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && fewest > 0; round++) {
    if (round > 0) sweepAll([...layers].reverse(), "down");
    sweepAll(layers, "up");
    const count = crossings(layers);
    if (count >= fewest) continue;
    fewest = count;
    for (const { id, at } of spots.values()) graph.node(id).order = at;
  }
}
