// The time cursor: every moment of a trace is the trace as it stood then.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Column } from "../src/store/columns";
import type { Beat } from "../src/store/replay";
import { share } from "../src/store/share";
import { Store } from "../src/store/store";
import { EMPTY, traceAt } from "../src/store/trace";
import { requester } from "../src/wire/requests";
import type { Batch, Chunks, Event, Snapshot } from "../src/wire/types";
import { applyBatch, contentOf } from "./content";
import { FakeChannel } from "./fakes";
import { columns, snapshot } from "./golden";

const steps = (numbers: number[]) => numbers.map((number, index) => number - (numbers[index - 1] ?? 0));

/** The batch as it would have been when the events below `to` had happened. */
function upTo({ batch }: Snapshot, to: number): Batch {
  const chunks: Chunks[] = [];
  for (const column of batch.chunks ?? []) {
    let [seq, t] = [0, 0];
    const seqs = column.seqs.map((step) => (seq += step));
    const ts = column.ts.map((step) => (t += step));
    const count = seqs.filter((seq) => seq < to).length;
    const [head, times] = [seqs.slice(0, count), ts.slice(0, count)];
    if (count) chunks.push({ ...column, seqs: steps(head), ts: steps(times), texts: column.texts.slice(0, count) });
  }
  return {
    ...batch,
    chunks,
    to_seq: to,
    events: (batch.events ?? []).filter(({ seq }) => seq < to),
    patches: (batch.patches ?? []).filter(({ seq }) => seq < to),
    closed: false,
  };
}

function opened(whole: Snapshot = snapshot(), beat?: Beat): Store {
  const store = new Store(null, (task) => task(), null, beat);
  store.apply(whole.batch);
  return store;
}

describe.each([
  ["the retrieval chain", snapshot],
  ["a chain that streams and one that fails", () => columns().snapshot],
])("each moment of %s", (_, whole) => {
  it("is the trace as it stood then, whatever moment was shown before", () => {
    const store = opened(whole());
    const count = whole().batch.to_seq;
    const moments = Array.from({ length: count }, (_, seq) => seq);
    // Forwards, backwards, and in leaps.
    for (const seq of [...moments, ...[...moments].reverse(), ...moments.map((seq) => (seq * 17) % count)]) {
      store.seek(seq);
      const then = applyBatch(EMPTY, upTo(whole(), seq));
      const { states, ...content } = contentOf(store.trace.value);
      const { states: expected, ...others } = contentOf(then);
      expect(content).toEqual(others);
      expect(states).toEqual(expected);
      expect(store.clock.value).toBe(then.last);
    }
    store.seek(null);
    expect(contentOf(store.trace.value)).toEqual(contentOf(applyBatch(EMPTY, whole().batch)));
  });

  it("has the steps and the figures of then", () => {
    const store = opened(whole());
    for (let seq = 0; seq < whole().batch.to_seq; seq += 3) {
      store.seek(seq);
      const then = new Store();
      then.apply(upTo(whole(), seq));
      const shape = ({ steps }: Store) =>
        [...steps.value.byKey.values()].map(({ key, runs, children }) => [key, runs, children.length]);
      expect(shape(store)).toEqual(shape(then));
      const figures = store.figures.value;
      expect(figures.tokens).toBe(then.figures.value.tokens);
      expect(figures.errors).toBe(then.figures.value.errors);
      expect(figures.status).toBe(seq ? "running" : "waiting");
      expect(figures.elapsed).toBe(seq ? then.trace.value.last - then.trace.value.begin : 0);
    }
  });
});

describe("the cursor", () => {
  it("stands while frames go on, and the newest moment follows them", () => {
    const store = new Store();
    store.apply(upTo(snapshot(), 20));
    store.seek(10);
    const { value } = store.trace;
    store.apply({ ...snapshot().batch, from_seq: 20 });
    expect(store.trace.value).toBe(value);
    expect(store.trace.value.closed).toBe(false);
    expect([store.newest.value.have, store.newest.value.closed]).toEqual([47, true]);
    expect(store.figures.value.status).toBe("running");
    store.seek(null);
    expect(store.figures.value.status).toBe("done");
  });

  it("is at the newest moment where nothing follows", () => {
    const store = opened();
    store.seek(1_000);
    expect(store.cursor.value).toBeNull();
    store.seek(-5);
    expect(store.cursor.value).toBe(0);
    expect(store.trace.value.events).toBe(0);
  });

  it("keeps the run object of what did not change", () => {
    const store = opened();
    const [root = ""] = store.trace.value.roots;
    store.seek(30);
    const docs = store.trace.value.order[3] ?? "";
    const [run, chain] = [store.trace.value.runs.get(docs), store.trace.value.runs.get(root)];
    store.seek(33);
    expect(store.trace.value.runs.get(docs)).toBe(run);
    expect(store.trace.value.runs.get(root)).not.toBe(chain);
  });
});

describe("cost", () => {
  /** A root run with `count` tokens. */
  function long(count: number): Batch {
    const start: Event = {
      ...{ kind: "start", seq: 0, t: 0, run: "r", parent: null, path: "", type: "chain", name: "r" },
      ...{ tags: [], metadata: {}, has_input: false },
    };
    const ones = Array.from({ length: count }, () => 1);
    const state = { streamed_output: [], final_output: "", logs: {} };
    return {
      ...{ from_seq: 0, to_seq: count + 1, closed: false, events: [start] },
      chunks: [{ run: "r", seqs: ones, ts: ones, texts: ones.map(() => "x") }],
      patches: [{ root: "r", seq: 0, ops: [{ op: "replace", path: "", value: state }] }],
    };
  }

  it("of a moment is that of the patches since a checkpoint", () => {
    const count = 20_000;
    const store = new Store();
    store.apply(long(count));
    const log = store.newest.value.log;
    const patches = log.states.get(log.roots[0] as NonNullable<(typeof log.roots)[0]>);
    if (!patches) throw new Error("no patches");
    store.trace.value.states.get("r")?.state;
    const ops = vi.spyOn(patches, "opsOf");
    for (const seq of [10_000, 3, 19_000, 5_000]) {
      ops.mockClear();
      store.seek(seq);
      const { state } = store.trace.value.states.get("r") as { state: unknown };
      expect((state as { final_output: string }).final_output).toHaveLength(seq - 1);
      expect(ops.mock.calls.length).toBeLessThan(count / 8);
    }
    ops.mockClear();
    store.seek(5_001);
    store.trace.value.states.get("r")?.state;
    expect(ops.mock.calls.length).toBe(1);
  });

  it("of a new version does not follow the length of the trace", () => {
    const reads = vi.spyOn(Column.prototype, "at");
    const costs = [1_000, 50_000].map((count) => {
      const store = new Store();
      store.apply(long(count));
      store.figures.value;
      store.steps.value;
      reads.mockClear();
      store.apply({
        ...{ from_seq: count + 1, to_seq: count + 2, closed: false },
        chunks: [{ run: "r", seqs: [count + 1], ts: [count + 1], texts: ["x"] }],
      });
      store.tick();
      store.figures.value;
      store.steps.value;
      expect(store.rows.value.length).toBe(count + 2);
      return reads.mock.calls.length;
    });
    reads.mockRestore();
    expect(costs[1]).toBeLessThan((costs[0] ?? 0) + 20);
  });

  it("of going to a moment grows with the logarithm of the trace", () => {
    const reads = vi.spyOn(Column.prototype, "at");
    const costs = [1_000, 50_000].map((count) => {
      const store = new Store();
      store.apply(long(count));
      reads.mockClear();
      store.seek(Math.floor(count / 3));
      store.figures.value;
      store.trace.value.runs.get("r")?.tokens;
      return reads.mock.calls.length;
    });
    reads.mockRestore();
    expect(costs[1]).toBeLessThan(3 * (costs[0] ?? 0));
  });
});

describe("replay", () => {
  function clocked() {
    let [now, task] = [0, null as (() => void) | null];
    const beat: Beat = {
      now: () => now,
      next: (next) => {
        task = next;
        return () => {
          task = null;
        };
      },
    };
    const pass = (ms: number) => {
      now += ms;
      const due = task;
      task = null;
      due?.();
    };
    return { beat, pass, idle: () => task === null };
  }

  it.each([0.25, 1, 10])(
    "moves the cursor in the trace's own time, times %d, and ends at the newest moment",
    (speed) => {
      const { beat, pass, idle } = clocked();
      const store = opened(snapshot(), beat);
      const { begin, last } = store.newest.value;
      store.replay.play(speed);
      expect(store.cursor.value).toBe(0);
      expect(store.replay.speed.value).toBe(speed);
      for (let played = 0; store.cursor.value !== null; played += 20) {
        expect(store.trace.value.last).toBeLessThanOrEqual(begin + played * speed);
        expect(played * speed).toBeLessThan(last - begin + 20 * speed);
        pass(20);
      }
      expect(store.replay.speed.value).toBeNull();
      expect(idle()).toBe(true);
    },
  );

  it("pauses, plays on from there, and stops when the view closes", () => {
    const { beat, pass, idle } = clocked();
    const store = opened(snapshot(), beat);
    store.seek(10);
    store.replay.play(1);
    pass(1);
    store.replay.pause();
    const at = store.cursor.value;
    expect([idle(), at !== null && at >= 10]).toEqual([true, true]);
    store.replay.play(1);
    store.seek(null);
    expect(store.replay.speed.value).toBeNull();
    pass(20);
    expect([idle(), store.cursor.value]).toEqual([true, null]);
  });
});

describe("the shared screen", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function shared() {
    const [feed, control] = [new FakeChannel(), new FakeChannel()];
    const controller = new AbortController();
    const store = opened();
    const ask = requester(control, controller.signal, String);
    share(store, feed, ask, controller.signal);
    return { feed, control, store, controller };
  }
  const set = { v: 1, type: "screen", selected: "x", filter: "type:tool", cursor: 7, origin: "kernel" };

  it("tells the kernel what the person did, once they pause", async () => {
    const { control, store } = shared();
    for (const source of ["t", "ty", "type:tool"]) store.setFilter(source);
    store.selectRun("x");
    store.seek(7);
    expect(control.sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(control.sent).toMatchObject([{ type: "screen", selected: "x", filter: "type:tool", cursor: 7 }]);
  });

  it("shows what was set elsewhere, and does not send it back", async () => {
    const { feed, control, store } = shared();
    feed.push(set);
    expect([store.selection.value.run, store.filter.value.source, store.cursor.value]).toEqual(["x", "type:tool", 7]);
    await vi.advanceTimersByTimeAsync(500);
    expect(control.sent).toEqual([]);
    feed.push({ ...set, filter: "nmae:x" });
    expect(store.filter.value.error).toMatchObject({ fault: "field", got: "nmae" });
  });

  it("passes over its own words when they come round", async () => {
    const { feed, control, store } = shared();
    store.setFilter("a");
    await vi.advanceTimersByTimeAsync(100);
    const origin = (control.sent[0] as unknown as { origin: string }).origin;
    store.setFilter("ab");
    feed.push({ ...set, filter: "a", origin });
    expect(store.filter.value.source).toBe("ab");
  });

  it("comes with the snapshot", () => {
    const { store } = shared();
    store.meet({ ...snapshot(), screen: { ...set, v: 1, type: "screen" } });
    expect(store.selection.value.run).toBe("x");
  });

  it("is silent once it is closed, and while the trace plays", async () => {
    const { feed, control, store, controller } = shared();
    store.replay.speed.value = 1;
    store.seek(3);
    await vi.advanceTimersByTimeAsync(200);
    expect(control.sent).toEqual([]);
    controller.abort();
    store.replay.speed.value = null;
    store.seek(4);
    await vi.advanceTimersByTimeAsync(200);
    expect(control.sent).toEqual([]);
    expect(feed.listeners.size + vi.getTimerCount()).toBe(0);
  });
});

it("a past moment is never closed", () => {
  expect(traceAt(applyBatch(EMPTY, snapshot().batch), 46).closed).toBe(false);
});
