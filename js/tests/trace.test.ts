import { describe, expect, it } from "vitest";
import { traceFigures } from "../src/store/metrics";
import type { StateLog } from "../src/store/states";
import { Store } from "../src/store/store";
import { EMPTY, type Trace } from "../src/store/trace";
import type { Batch } from "../src/wire/types";
import { applyBatch, contentOf, rowsOf, stepsOf } from "./content";
import { frames, snapshot } from "./golden";
import { node, Story } from "./story";

const fromSnapshot = () => applyBatch(EMPTY, snapshot().batch);
const fromFrames = () => frames().reduce((trace, { batch }) => applyBatch(trace, batch), EMPTY);

const byName = (trace: Trace, name: string) => [...trace.runs.values()].find((run) => run.name === name);

describe("a trace", () => {
  it("is the same from a snapshot and from frames", () => {
    expect(contentOf(fromFrames())).toEqual(contentOf(fromSnapshot()));
  });

  it("has a row for each event, chunks among them", () => {
    const { have } = fromSnapshot();
    const rows = rowsOf(fromSnapshot());
    expect(rows).toHaveLength(47);
    expect(have).toBe(47);
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index));
    expect(rows.filter((row) => row.kind === "stream")).toHaveLength(33);
  });

  it("knows runs, their parents and how they ended", () => {
    const trace = fromSnapshot();
    const docs = byName(trace, "Docs");
    const parent = trace.runs.get(docs?.parent ?? "");
    expect(parent?.name).toBe("RunnableParallel<context,question>");
    expect(docs).toMatchObject({ type: "retriever", depth: 2, status: "done", path: "seq:1/map:context" });
    expect(byName(trace, "my_llm")).toMatchObject({ chunks: 10, tokens: 7, status: "done" });
    expect(byName(trace, "RunnablePassthrough")?.input).toBe("where did harrison work?");
  });

  it("rebuilds the RunState by patches", () => {
    const trace = fromSnapshot();
    const log = trace.states.get(trace.roots[0] ?? "");
    expect(log?.refused).toBe(0);
    expect(log?.state).toMatchObject({ final_output: "Harrison worked at Kensho.", name: "RunnableSequence" });
    const { logs } = (log as StateLog).state as { logs: Record<string, { streamed_output_str: string[] }> };
    expect(Object.keys(logs)).toContain("StrOutputParser");
    expect(logs.my_llm?.streamed_output_str.join("|")).toBe("|H|arrison| worked| at| Kens|ho|.||");
  });

  it("has what a node of a graph of states calls before what decides where it goes next", () => {
    const next = { ...node("node:agent/seq:2", "lambda", "goes_on"), slot: "next" };
    const root = node("", "graph", "app", [node("node:agent", "lambda", "agent", [next])]);
    const story = new Story({ root })
      .start("r", null, "", "app")
      .start("a", "r", "node:agent", "agent")
      .start("m", "a", "node:agent/call:model", "model", "chat_model")
      .start("n", "a", "node:agent/seq:2", "goes_on");
    const agent = stepsOf(applyBatch(EMPTY, story.snapshot().batch)).roots[0]?.children[0];
    expect(agent?.children.map(({ name }) => name)).toEqual(["model", "goes_on"]);
  });

  it("leaves earlier versions as they were", () => {
    const versions: Trace[] = [EMPTY];
    for (const { batch } of frames()) versions.push(applyBatch(versions.at(-1) as Trace, batch));
    const early = versions[2] as Trace;
    expect(early.runs.size).toBe(4);
    expect(early.runs.get(early.order[0] as string)?.status).toBe("running");
    expect(EMPTY.events).toBe(0);
  });

  it("says that a run waits which has stopped to ask a person", () => {
    const cancel = (seq: number, run: string, reason: string) =>
      ({ kind: "cancel", seq, t: seq, run, reason, has_input: false }) as const;
    const ended = { kind: "end", seq: 3, t: 4, run: "root", has_input: false, output: null, usage: null } as const;
    const events = [start(0, "root", null), start(1, "asks", "root")];
    const asked = applyBatch(EMPTY, {
      from_seq: 0,
      to_seq: 4,
      closed: true,
      events: [...events, cancel(2, "asks", "waiting for an answer: how many?"), ended],
    });
    expect(asked.runs.get("asks")?.status).toBe("waiting");
    expect(traceFigures(asked, 0).status).toBe("waiting");
    const left = applyBatch(EMPTY, {
      from_seq: 0,
      to_seq: 4,
      closed: true,
      events: [...events, cancel(2, "asks", "the consumer stopped reading"), ended],
    });
    expect(left.runs.get("asks")?.status).toBe("cancelled");
    expect(traceFigures(left, 0).status).toBe("cancelled");
  });

  it("says failed and cancelled, and counts an error once", () => {
    const batch: Batch = {
      from_seq: 0,
      to_seq: 4,
      closed: true,
      events: [
        start(0, "root", null),
        start(1, "child", "root"),
        {
          kind: "error",
          seq: 2,
          t: 3,
          run: "child",
          has_input: false,
          error: { type: "ValueError", message: "no", traceback: "" },
        },
        {
          kind: "error",
          seq: 3,
          t: 4,
          run: "root",
          has_input: false,
          error: { type: "ValueError", message: "no", traceback: "" },
        },
      ],
    };
    const trace = applyBatch(EMPTY, batch);
    expect(trace.runs.get("child")).toMatchObject({ status: "failed", error: { message: "no" } });
    expect(traceFigures(trace, 0)).toMatchObject({ status: "failed", errors: 1 });
  });

  it("survives events of runs that it does not know", () => {
    const batch: Batch = {
      from_seq: 0,
      to_seq: 2,
      closed: false,
      events: [{ kind: "end", seq: 0, t: 1, run: "nobody", has_input: false, output: 1 }],
      chunks: [{ run: "nobody", seqs: [1], ts: [2], texts: ["x"] }],
    };
    expect(applyBatch(EMPTY, batch).have).toBe(2);
  });
});

function start(seq: number, run: string, parent: string | null, path = "", name = run) {
  return {
    kind: "start" as const,
    seq,
    t: seq,
    run,
    parent,
    path,
    type: "chain" as const,
    name,
    tags: [],
    metadata: {},
    has_input: false,
  };
}

describe("steps", () => {
  it("carry the runs of their path", () => {
    const trace = fromSnapshot();
    const { byKey, roots } = stepsOf(trace);
    expect(roots).toHaveLength(1);
    expect(byKey.get("0:seq:3")).toMatchObject({ kind: "chat_model", name: "my_llm" });
    expect(byKey.get("0:seq:3")?.runs).toEqual([byName(trace, "my_llm")?.id]);
  });

  it("show runs that the graph did not foresee under their parent, those alike as one", () => {
    const trace = fromSnapshot();
    const parser = byName(trace, "StrOutputParser")?.id ?? "";
    const more = applyBatch(trace, {
      from_seq: 47,
      to_seq: 50,
      closed: true,
      // A chain called inside a step may use path ids that the graph has elsewhere.
      events: [
        start(47, "a", parser, "seq:3", "inner"),
        start(48, "b", parser, "seq:3", "inner"),
        start(49, "c", "a", "seq:1", "deep"),
      ],
    });
    const { byKey, byRun } = stepsOf(more);
    const [inner] = byKey.get("0:seq:4")?.children ?? [];
    expect(inner).toMatchObject({ node: null, name: "inner", runs: ["a", "b"] });
    expect(byRun.get("c")?.parent).toBe(inner);
    expect(byKey.get("0:seq:3")?.runs).toHaveLength(1);
  });

  it("draw a chain that ran twice once, and a root without a graph by its runs", () => {
    const { graphs = [] } = snapshot().batch;
    const graph = graphs[0]?.graph;
    if (!graph) throw new Error("no graph");
    const trace = applyBatch(EMPTY, {
      from_seq: 0,
      to_seq: 3,
      closed: true,
      events: [start(0, "one", null), start(1, "two", null), start(2, "three", null)],
      graphs: [{ root: "one", graph }, { root: "two" }],
    });
    const { roots } = stepsOf(trace);
    expect(roots.map((root) => root.runs)).toEqual([["one", "two"], ["three"]]);
    expect(roots[1]?.node).toBeNull();
  });

  it("take a graph that is told again, in more detail, in the place of the first", () => {
    const { graphs = [] } = snapshot().batch;
    const whole = graphs[0]?.graph;
    if (!whole) throw new Error("no graph");
    const brief = { ...whole, schemas: [], exports: {} };
    const batch = (seq: number, root: string, graphs: NonNullable<Batch["graphs"]>) => ({
      from_seq: seq,
      to_seq: seq + 1,
      closed: false,
      events: [start(seq, root, null)],
      graphs,
    });
    const first = applyBatch(EMPTY, batch(0, "one", [{ root: "one", graph: brief }]));
    const second = applyBatch(first, batch(1, "two", [{ root: "two" }]));
    expect(stepsOf(second).roots[0]?.graph?.schemas).toEqual([]);
    const third = applyBatch(second, {
      ...batch(2, "three", [{ root: "one", graph: whole }, { root: "two" }, { root: "three" }]),
    });
    const { roots, byRun } = stepsOf(third);
    expect(roots.map((root) => root.runs)).toEqual([["one", "two", "three"]]);
    expect(["one", "two", "three"].map((run) => byRun.get(run)?.graph)).toEqual([whole, whole, whole]);
  });

  it("are drawn anew for a graph in more detail, though no run begins any more", () => {
    const { graphs = [] } = snapshot().batch;
    const whole = graphs[0]?.graph;
    if (!whole) throw new Error("no graph");
    const brief = { ...whole, schemas: [], exports: {} };
    const batch = { from_seq: 0, to_seq: 1, closed: false, events: [start(0, "one", null)] };
    const store = new Store();
    store.apply({ ...batch, graphs: [{ root: "one", graph: brief }] });
    expect(store.steps.value.roots[0]?.graph).toEqual(brief);
    store.apply({ from_seq: 1, to_seq: 1, closed: true, graphs: [{ root: "one", graph: whole }] });
    expect(store.steps.value.roots[0]?.graph).toEqual(whole);
  });
});
