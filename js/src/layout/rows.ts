// Which row a node stands in: as high as those before it allow, so that branches begin side by side. This takes a
// moment, where dagre's own way, for shorter links, takes a second.
import type { LevelLink } from "./level";

export function rowsOfNodes(count: number, links: Iterable<LevelLink>, start: number): number[] {
  const all = [...links];
  const waits = new Array<number>(count).fill(0);
  const out = waits.map((): number[] => []);
  for (const { source, target } of all) {
    waits[target] = (waits[target] as number) + 1;
    out[source]?.push(target);
  }
  const alone = [...waits.keys()].filter((node) => waits[node] === 0);
  const rows = new Array<number>(count).fill(0);
  const ready = [...alone];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const target of out[node] as number[]) {
      rows[target] = Math.max(rows[target] as number, (rows[node] as number) + 1);
      waits[target] = (waits[target] as number) - 1;
      if (waits[target] === 0) ready.push(target);
    }
  }
  // What nothing leads to stands right over what it leads to.
  for (const node of alone) {
    const next = (out[node] as number[]).map((target) => rows[target] as number);
    if (node !== start && next.length > 0) rows[node] = Math.min(...next) - 1;
  }
  return rows;
}
