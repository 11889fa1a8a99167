// The nodes of a chain that is built, by their ids: where each stands, and as a step that the graph's cards can show.
import type { BuilderNode } from "../wire/types";
import type { Step } from "./steps";
import { Tally } from "./tally";

export interface Site {
  node: BuilderNode;
  step: Step;
  parent: Site | null;
  /** Place among its siblings, from 0. */
  index: number;
  /** All that its card shows. */
  said: string;
}

export type Sites = ReadonlyMap<string, Site>;

/** A step stays the object that it is in `known` as long as it and the steps inside stay what they were. */
export function sitesOf(root: BuilderNode, known: Sites = new Map()): Sites {
  const sites = new Map<string, Site>();
  const visit = (node: BuilderNode, parent: Site | null, index: number): Step => {
    const said = JSON.stringify([parent?.node.kind, { ...node, children: [] }]);
    const site = { node, parent, index, said } as Site;
    sites.set(node.id, site);
    const children = node.children.map((child, place) => visit(child, site, place));
    const before = known.get(node.id);
    const stays =
      before?.said === said &&
      before.step.children.length === children.length &&
      children.every((child, place) => child === before.step.children[place]);
    site.step = stays ? before.step : stepOf(node, children);
    for (const child of children) child.parent = site.step;
    return site.step;
  };
  visit(root, null, 0);
  return sites;
}

function stepOf(node: BuilderNode, children: Step[]): Step {
  const { id: key, kind, label: name, component: class_name, summary } = node;
  return {
    ...{ key, kind, name, parent: null, graph: null, children, runs: [], tally: new Tally() },
    node: { ...node, name, class_name, params: summary, children: [] },
  };
}

/** The sibling so many places on. */
export const siblingOf = ({ parent, index }: Site, by: number) => parent?.node.children[index + by];
