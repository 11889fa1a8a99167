// Which links lead back: those that close a cycle, when the graph is walked from its start in the declared order.
import type { Level } from "./level";

export function backLinks({ nodes, links, start }: Level): Set<number> {
  const out = nodes.map((): number[] => []);
  for (const [index, { source }] of links.entries()) out[source]?.push(index);
  const back = new Set<number>();
  const state = nodes.map(() => "new");
  const walk = (from: number) => {
    if (state[from] !== "new") return;
    state[from] = "open";
    // A stack of its own: a long chain is deeper than calls may be.
    const stack = [{ node: from, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const index = out[top.node]?.[top.next++];
      if (index === undefined) {
        state[top.node] = "done";
        stack.pop();
        continue;
      }
      const target = links[index]?.target as number;
      if (state[target] === "open") back.add(index);
      else if (state[target] === "new") {
        state[target] = "open";
        stack.push({ node: target, next: 0 });
      }
    }
  };
  walk(start);
  for (const node of nodes.keys()) walk(node);
  return back;
}
