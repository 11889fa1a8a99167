// The steps of the graph view: the static graph's nodes, and under them the runs that the graph did not foresee.
import { END, ERROR } from "../wire/parts";
import type { Graph, GraphNode } from "../wire/types";
import { below } from "./columns";
import type { Log } from "./log";
import { endStatus, type RunRecord } from "./runs";
import { Tally } from "./tally";
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
  tally: Tally;
}

export interface Steps {
  roots: readonly Step[];
  byKey: ReadonlyMap<string, Step>;
  byRun: { get(id: string): Step | undefined };
}

/** The steps of a log, which take in the runs as they begin. */
export class StepIndex implements Steps {
  roots: Step[] = [];
  readonly byKey = new Map<string, Step>();
  readonly byRun = new Map<string, Step>();
  private readonly drawn = new Map<string, Step>();
  private readonly followed = new Set<RunRecord>();
  private readonly shapes = new Map<Graph, string>();
  private count = 0;
  private ended = 0;
  private late = 0;

  constructor(private readonly log: Log | null) {}

  /** Takes in the runs that began and ended since the last time, as they did one after another. */
  update(): void {
    const { log } = this;
    if (!log) return;
    if (this.late !== log.lateGraphs) this.clear(log.lateGraphs);
    for (;;) {
      const begun = log.runs[this.count];
      const ended = log.ended[this.ended];
      if (begun && !(ended && ended.end < begun.start)) {
        this.count++;
        this.run(begun, log);
      } else if (ended) {
        this.ended++;
        const t = Math.max(log.times.at(ended.start), log.times.at(ended.end));
        this.byRun.get(ended.id)?.tally.end(ended.end, t, endStatus(ended) === "waiting" ? END : ended.ending);
      } else return;
    }
  }

  private clear(late: number): void {
    this.late = late;
    this.count = this.ended = 0;
    this.roots = [];
    for (const known of [this.byKey, this.byRun, this.drawn, this.followed]) known.clear();
  }

  /** Runs of chains that are built alike share one drawing. */
  graph(graph: Graph): Step {
    const shape = this.shapes.get(graph) ?? JSON.stringify(graph.root);
    this.shapes.set(graph, shape);
    const known = this.drawn.get(shape);
    if (known) return known;
    const root = this.node(graph.root, graph, null, `${this.roots.length}:`);
    this.drawn.set(shape, root);
    this.roots.push(root);
    return root;
  }

  private node(node: GraphNode, graph: Graph, parent: Step | null, prefix: string): Step {
    const step = this.add({ key: prefix + node.id, kind: node.kind, name: node.name, node, graph, parent });
    step.children = (node.children ?? []).map((child) => this.node(child, graph, step, prefix));
    return step;
  }

  private add(parts: Omit<Step, "children" | "runs" | "tally">): Step {
    const step: Step = { ...parts, children: [], runs: [], tally: new Tally() };
    this.byKey.set(step.key, step);
    return step;
  }

  private run(run: RunRecord, log: Log): void {
    const parent = run.parent === null ? null : (this.byRun.get(run.parent.id) ?? null);
    const graph = log.graphs.get(run.root.id);
    const step = parent
      ? (this.foreseen(run, parent) ?? this.unforeseen(run, parent))
      : graph
        ? this.graph(graph)
        : this.unforeseen(run, null);
    if (run.tags.some((tag) => tag.startsWith("retry:"))) this.again(run, step, log);
    step.runs.push(run.id);
    step.tally.begin(run.start, log.times.at(run.start));
    this.byRun.set(run.id, step);
  }

  /** A run is another attempt at what failed: the last one of its step that no other has followed. */
  private again(run: RunRecord, step: Step, log: Log): void {
    for (let at = step.runs.length - 1; at >= 0; at--) {
      const before = log.byId.get(step.runs[at] as string) as RunRecord;
      const failed = before.parent === run.parent && before.ending === ERROR && before.end < run.start;
      if (!failed || this.followed.has(before)) continue;
      this.follow(before, run.start);
      return;
    }
  }

  private follow(run: RunRecord, place: number): void {
    if (this.followed.has(run)) return;
    this.followed.add(run);
    if (run.end < place) this.byRun.get(run.id)?.tally.follow(run.ending);
    for (const child of run.children) this.follow(child, place);
  }

  private foreseen(run: RunRecord, parent: Step): Step | null {
    if (!parent.node) return null;
    const inside = parent.node.id === "" ? run.path !== "" : run.path.startsWith(`${parent.node.id}/`);
    const prefix = parent.key.slice(0, parent.key.length - parent.node.id.length);
    return inside ? (this.byKey.get(prefix + run.path) ?? null) : null;
  }

  private unforeseen(run: RunRecord, parent: Step | null): Step {
    const key = `${parent?.key ?? ""}»${run.type}»${run.name}»${run.path}`;
    const known = this.byKey.get(key);
    if (known) return known;
    const step = this.add({ key, kind: run.type, name: run.name, node: null, graph: null, parent });
    const beside = parent?.children ?? this.roots;
    // What a node of a graph of states calls comes before it decides what is next.
    const next = beside.findIndex(({ node }) => node?.slot === "next");
    beside.splice(next < 0 ? Infinity : next, 0, step);
    return step;
  }

  /** The steps as of a moment: those of the newest themselves, or of a past one a copy. */
  at(trace: Trace): Steps {
    const byKey = new Map<string, Step>();
    if (trace.count >= this.count) return { roots: [...this.roots], byKey: this.byKey, byRun: this.byRun };
    const begun = (id: string) => trace.log.byId.get(id)?.index as number;
    const copy = (step: Step, parent: Step | null): Step[] => {
      const runs = step.runs.slice(
        0,
        below((place) => begun(step.runs[place] as string), step.runs.length, trace.count),
      );
      if (runs.length === 0 && (parent === null || step.node === null)) return [];
      const then: Step = { ...step, parent, runs };
      byKey.set(step.key, then);
      then.children = step.children.flatMap((child) => copy(child, then));
      return [then];
    };
    const roots = this.roots.flatMap((root) => copy(root, null));
    const get = (id: string) => (trace.runs.has(id) ? byKey.get(this.byRun.get(id)?.key ?? "") : undefined);
    return { roots, byKey, byRun: { get } };
  }
}

/** The steps of a chain that is not running. */
export function stepsOfGraph(graph: Graph): Steps {
  const index = new StepIndex(null);
  index.graph(graph);
  return index;
}
