// The steps of the graph view: the static graph's nodes, and under them the runs that the graph did not foresee.
import type { Graph, GraphNode } from "../wire/types";
import type { Run } from "./runs";
import type { Trace } from "./trace";

export type Kind = GraphNode["kind"];

export interface Step {
  key: string;
  kind: Kind;
  name: string;
  /** The static node; null for a step known only by its runs. */
  node: GraphNode | null;
  graph: Graph | null;
  parent: Step | null;
  children: Step[];
  /** Ids of the runs of this step, in order of their start. */
  runs: string[];
}

export interface Steps {
  roots: Step[];
  byKey: ReadonlyMap<string, Step>;
  byRun: ReadonlyMap<string, Step>;
}

class Builder {
  readonly roots: Step[] = [];
  readonly byKey = new Map<string, Step>();
  readonly byRun = new Map<string, Step>();
  private readonly byShape = new Map<string, Step>();

  /** Runs of chains that are built alike share one drawing. */
  graph(graph: Graph): Step {
    const shape = JSON.stringify(graph.root);
    const known = this.byShape.get(shape);
    if (known) return known;
    const root = this.node(graph.root, graph, null, `${this.roots.length}:`);
    this.byShape.set(shape, root);
    this.roots.push(root);
    return root;
  }

  private node(node: GraphNode, graph: Graph, parent: Step | null, prefix: string): Step {
    const step = this.add({ key: prefix + node.id, kind: node.kind, name: node.name, node, graph, parent });
    step.children = (node.children ?? []).map((child) => this.node(child, graph, step, prefix));
    return step;
  }

  private add(parts: Omit<Step, "children" | "runs">): Step {
    const step: Step = { ...parts, children: [], runs: [] };
    this.byKey.set(step.key, step);
    return step;
  }

  run(run: Run, graph: Graph | undefined): void {
    const parent = run.parent === null ? null : (this.byRun.get(run.parent) ?? null);
    const step = parent ? (this.foreseen(run, parent) ?? this.unforeseen(run, parent)) : this.root(run, graph);
    step.runs.push(run.id);
    this.byRun.set(run.id, step);
  }

  private root(run: Run, graph: Graph | undefined): Step {
    return graph ? this.graph(graph) : this.unforeseen(run, null);
  }

  private foreseen(run: Run, parent: Step): Step | null {
    if (!parent.node) return null;
    const inside = parent.node.id === "" ? run.path !== "" : run.path.startsWith(`${parent.node.id}/`);
    const prefix = parent.key.slice(0, parent.key.length - parent.node.id.length);
    return inside ? (this.byKey.get(prefix + run.path) ?? null) : null;
  }

  private unforeseen(run: Run, parent: Step | null): Step {
    const key = `${parent?.key ?? ""}»${run.type}»${run.name}»${run.path}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const step = this.add({ key, kind: run.type, name: run.name, node: null, graph: null, parent });
    (parent?.children ?? this.roots).push(step);
    return step;
  }
}

/** The steps of everything that ran, in order of appearance. */
export function stepsOf(trace: Pick<Trace, "order" | "count" | "runs" | "graphs">): Steps {
  const builder = new Builder();
  for (const id of trace.order.slice(0, trace.count)) {
    const run = trace.runs.get(id);
    if (run) builder.run(run, trace.graphs.get(run.root));
  }
  return builder;
}

/** The steps of a chain that is not running. */
export function stepsOfGraph(graph: Graph): Steps {
  const builder = new Builder();
  builder.graph(graph);
  return builder;
}
