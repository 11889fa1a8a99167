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
}

export type Sites = ReadonlyMap<string, Site>;

export function sitesOf(root: BuilderNode): Sites {
  const sites = new Map<string, Site>();
  const visit = (node: BuilderNode, parent: Site | null, index: number): Step => {
    const { id: key, kind, label: name, component: class_name, summary, children } = node;
    const step: Step = {
      ...{ key, kind, name, parent: parent?.step ?? null, graph: null, runs: [], tally: new Tally() },
      node: { ...node, name, class_name, params: summary, children: [] },
      children: [],
    };
    const site = { node, step, parent, index };
    sites.set(key, site);
    step.children = children.map((child, place) => visit(child, site, place));
    return step;
  };
  visit(root, null, 0);
  return sites;
}

/** The sibling so many places on. */
export const siblingOf = ({ parent, index }: Site, by: number) => parent?.node.children[index + by];
