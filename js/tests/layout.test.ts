import { describe, expect, it } from "vitest";
import { arrange } from "../src/layout/arrange";
import { backLinks } from "../src/layout/cycles";
import type { Level, LevelLink, Placed } from "../src/layout/level";

const CARD = { width: 128, height: 30 };

const link = (source: number, target: number, width = 0): LevelLink => ({
  source,
  target,
  width,
  height: width ? 16 : 0,
});
const level = (count: number, links: LevelLink[], start = 0): Level => ({
  nodes: Array.from({ length: count }, () => CARD),
  links,
  start,
});
const back = (it: Level) => [...backLinks(it)].sort((a, b) => a - b);

function overlaps({ nodes }: Level, placed: Placed): string[] {
  const found: string[] = [];
  for (const [a, first] of placed.nodes.entries()) {
    for (const [b, second] of placed.nodes.entries()) {
      const [one, other] = [nodes[a] as typeof CARD, nodes[b] as typeof CARD];
      const apart =
        first.x + one.width <= second.x ||
        second.x + other.width <= first.x ||
        first.y + one.height <= second.y ||
        second.y + other.height <= first.y;
      if (a < b && !apart) found.push(`${a} ${b}`);
    }
  }
  return found;
}

/** The same numbers on every machine. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 16_807) % 2_147_483_647;
    return state % below;
  };
}

const x = (placed: Placed, ...places: number[]) => places.map((place) => placed.nodes[place]?.x ?? Number.NaN);
const y = (placed: Placed, place: number) => placed.nodes[place]?.y ?? Number.NaN;
const rising = (values: number[]) =>
  values.every((value, index) => index === 0 || value > (values[index - 1] as number));
const numbers = (d: string) => (d.match(/-?[\d.]+/g) ?? []).map(Number);

describe("links that lead back", () => {
  it("are those that close a cycle", () => {
    expect(back(level(4, [link(0, 1), link(1, 2), link(2, 1), link(1, 3)]))).toEqual([2]);
    expect(back(level(3, [link(0, 1), link(1, 2), link(0, 2)]))).toEqual([]);
    expect(back(level(2, [link(0, 0), link(0, 1), link(1, 1)]))).toEqual([0, 2]);
  });

  it("are told from the start, wherever it stands, and among what nothing leads to", () => {
    const cycle = [link(1, 0), link(0, 1), link(2, 0)];
    expect(back(level(3, cycle, 2))).toEqual([0]);
    expect(back(level(3, cycle, 1))).toEqual([1]);
    expect(back(level(4, [link(0, 1), link(2, 3), link(3, 2)]))).toEqual([2]);
  });

  it("are found in a chain of any length", () => {
    const count = 20_000;
    const chain = Array.from({ length: count - 1 }, (_, index) => link(index, index + 1));
    expect(back(level(count, [...chain, link(count - 1, 0)]))).toEqual([count - 1]);
  });
});

describe("a level", () => {
  it("runs down the page, and back up beside it", () => {
    const loop = level(4, [link(0, 1), link(1, 2, 60), link(2, 1), link(1, 3, 30)]);
    const placed = arrange(loop);
    expect(overlaps(loop, placed)).toEqual([]);
    expect(y(placed, 0)).toBeLessThan(y(placed, 1));
    expect(y(placed, 1)).toBeLessThan(y(placed, 2));
    expect(placed.links.map((route) => route?.back)).toEqual([false, false, true, false]);
    // It leaves the tools at their left, goes up beyond both, and arrives at the agent's side.
    const lane = Math.min(...numbers(placed.links[2]?.d ?? "").filter((_, index) => index % 2 === 0));
    expect(lane).toBeLessThan(Math.min(...x(placed, 1, 2)));
    expect(placed.x).toBeLessThanOrEqual(lane);
  });

  it.each([2, 3, 4, 7])("has %d branches in their declared order", (count) => {
    const branches = Array.from({ length: count }, (_, index) => index + 1);
    const end = count + 1;
    for (const order of [branches, [...branches].reverse()]) {
      const fan = level(end + 1, [...order.map((node) => link(0, node)), ...order.map((node) => link(node, end))]);
      const placed = arrange(fan);
      expect(rising(x(placed, ...order))).toBe(true);
      expect(overlaps(fan, placed)).toEqual([]);
      expect(new Set(order.map((node) => y(placed, node))).size).toBe(1);
    }
  });

  it("keeps that order for branches of different lengths, with what stands below them", () => {
    // 0 leads to a long, a middle and a short branch; the short one is but a link to the end.
    const links = [link(0, 1, 50), link(0, 2, 50), link(0, 5, 50), link(1, 3), link(3, 4), link(4, 5), link(2, 5)];
    const placed = arrange(level(6, links));
    expect(rising(x(placed, 1, 2))).toBe(true);
    expect(rising(x(placed, 3, 2))).toBe(true);
    expect(rising([0, 1, 2].map((index) => placed.links[index]?.x ?? Number.NaN))).toBe(true);
    const mirrored = arrange(level(6, [links[2], links[1], links[0], ...links.slice(3)] as LevelLink[]));
    expect(rising([0, 1, 2].map((index) => mirrored.links[index]?.x ?? Number.NaN))).toBe(true);
    expect(rising(x(mirrored, 2, 1))).toBe(true);
  });

  it("draws each of several links between two nodes for itself", () => {
    const placed = arrange(level(2, [link(0, 1, 40), link(0, 1, 40), link(0, 1)]));
    expect(new Set(placed.links.map((route) => route?.d)).size).toBe(3);
    const [first, second] = placed.links.map((route) => route?.x ?? Number.NaN);
    expect((second as number) - (first as number)).toBeGreaterThan(40);
  });

  it("draws a link to itself at the node's side, and leaves room for it", () => {
    const loops = level(3, [link(0, 1), link(0, 2), link(1, 1, 60), link(1, 1)]);
    const placed = arrange(loops);
    expect(overlaps(loops, placed)).toEqual([]);
    const label = placed.links[2];
    expect(label?.back).toBe(true);
    expect((label?.x ?? 0) - 30).toBeGreaterThan((x(placed, 1)[0] as number) + CARD.width);
    expect((label?.x ?? 0) + 30).toBeLessThan(x(placed, 2)[0] as number);
    expect(placed.links[3]?.d).not.toBe(placed.links[2]?.d);
  });

  it("has a place for what no link reaches, and none for links to nowhere", () => {
    const odd = level(5, [link(0, 1), link(3, 1), link(7, 1), link(1, -1)]);
    const placed = arrange(odd);
    expect(overlaps(odd, placed)).toEqual([]);
    expect(placed.links.map(Boolean)).toEqual([true, true, false, false]);
    expect(arrange(level(3, [])).nodes).toHaveLength(3);
  });

  it("may be empty, or have no start", () => {
    expect(arrange(level(0, [], -1))).toMatchObject({ nodes: [], links: [] });
    expect(arrange(level(2, [link(1, 0)], -1)).links[0]?.back).toBe(false);
  });

  it("gives boxes of any size their room", () => {
    const nodes = [CARD, { width: 600, height: 420 }, { width: 60, height: 24 }, { width: 300, height: 90 }, CARD];
    const links = [link(0, 1), link(0, 2, 70), link(0, 3), link(1, 4), link(2, 4), link(3, 0, 50), link(4, 0)];
    const mixed = { nodes, links, start: 0 };
    const placed = arrange(mixed);
    expect(overlaps(mixed, placed)).toEqual([]);
    for (const [place, { x: left, y: top }] of placed.nodes.entries()) {
      expect(left).toBeGreaterThanOrEqual(placed.x);
      expect(top).toBeGreaterThanOrEqual(placed.y);
      expect(left + (nodes[place]?.width ?? 0)).toBeLessThanOrEqual(placed.x + placed.width);
      expect(top + (nodes[place]?.height ?? 0)).toBeLessThanOrEqual(placed.y + placed.height);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])("overlaps nothing, and is the same each time (graph %d)", (seed) => {
    const next = random(seed);
    const count = 5 + next(30);
    const links = Array.from({ length: count * 2 }, () => link(next(count), next(count), next(3) ? 0 : 20 + next(90)));
    const any = level(count, links);
    const placed = arrange(any);
    expect(overlaps(any, placed)).toEqual([]);
    expect(placed.links.every((route) => route && !/NaN|Infinity/.test(route.d + route.head))).toBe(true);
    expect(arrange(structuredClone(any))).toEqual(placed);
  });

  it("overlaps nothing of 250 nodes either", () => {
    const places = Array.from({ length: 242 }, (_, index) => index);
    const large = level(250, [
      ...places.map((place) => link(place, place + 8)),
      ...places.filter((place) => place % 3 === 0).map((place) => link(place, place - (place % 8) + 9, 40)),
      ...places.filter((place) => place > 30 && place % 11 === 0).map((place) => link(place, place - 16, 50)),
    ]);
    const placed = arrange(large);
    expect(placed.nodes).toHaveLength(250);
    expect(overlaps(large, placed)).toEqual([]);
  });
});
