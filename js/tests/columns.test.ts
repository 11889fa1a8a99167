// A long trace comes in columns; what its events brought is asked for when a view shows it.
import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AWAY } from "../src/store/runs";
import { Store } from "../src/store/store";
import { EMPTY } from "../src/store/trace";
import { follow } from "../src/wire/follow";
import { readPart } from "../src/wire/parts";
import { NoAnswer, requester } from "../src/wire/requests";
import type { Columns, Reply, Request } from "../src/wire/types";
import { applyBatch, contentOf, rowsOf } from "./content";
import { FakeChannel } from "./fakes";
import { columns as golden } from "./golden";

const flush = () => vi.advanceTimersByTimeAsync(20);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page that has the golden trace in columns, and a kernel that gives the golden answers. */
function page() {
  const { columns, buffers, replyBuffers, requests, replies, snapshot } = golden();
  const store = new Store();
  store.load(readPart(columns, buffers));
  const asked: Request[] = [];
  const values = replies[0]?.value as { values: unknown[]; inputs: [number, unknown][]; errors: [number, unknown][] };
  store.ask = (async (body: Request) => {
    asked.push(body);
    if (body.type === "values") {
      const inside = ([seq]: [number, unknown]) => body.seqs.includes(seq);
      const { inputs, errors } = values;
      return {
        values: body.seqs.map((seq) => values.values[seq]),
        inputs: inputs.filter(inside),
        errors: errors.filter(inside),
      };
    }
    const at = requests.findIndex(
      (request) =>
        request.type === body.type && (request.type !== "state" || request.root === (body as { root: string }).root),
    );
    const { value } = replies[at] as Reply;
    return body.type === "search" ? { ...value, buffers: replyBuffers } : value;
  }) as unknown as Store["ask"];
  return { store, asked, whole: applyBatch(EMPTY, snapshot.batch) };
}

const everything = async (store: Store) => {
  store.wantValues(rowsOf(store.trace.value).map(({ seq }) => seq));
  for (const root of store.trace.value.roots) store.wantState(root);
  await flush();
};

describe("a trace in columns", () => {
  it("tells runs, times, tokens, errors and figures at once", () => {
    const { store, whole } = page();
    const plain = (store: { trace: { value: typeof whole } }) =>
      contentOf(store.trace.value).runs.map(({ input, output, texts, error, ...run }) => ({
        ...run,
        error: error?.message,
      }));
    expect(plain(store)).toEqual(plain({ trace: { value: whole } }));
    expect(store.figures.value).toMatchObject({ status: "failed", tokens: 7, errors: 1 });
    const all = new Store();
    all.apply(golden().snapshot.batch);
    expect(store.figures.value).toEqual(all.figures.value);
    expect(store.steps.value.roots.map(({ runs }) => runs.length)).toEqual([2]);
  });

  it("has its values away, and becomes the same trace when all have been asked for", async () => {
    const { store, asked, whole } = page();
    expect(store.trace.value.row(0).value).toBe(AWAY);
    expect(store.trace.value.states.get(store.trace.value.roots[0] ?? "")).toMatchObject({ away: true, state: null });
    await everything(store);
    expect(contentOf(store.trace.value)).toEqual(contentOf(whole));
    expect(asked.map(({ type }) => type).sort()).toEqual(["state", "state", "values"]);
    await everything(store);
    expect(asked).toHaveLength(3);
  });

  it("asks for what a view wants in one message", async () => {
    const { store, asked } = page();
    store.wantValues([0, 1]);
    store.wantRun(store.trace.value.order[0] ?? "");
    store.wantChunks(store.trace.value.order[1] ?? "");
    await flush();
    expect(asked).toHaveLength(1);
    expect(store.trace.value.runs.get(store.trace.value.order[1] ?? "")?.texts()).toEqual(["Har", "ri", "", "son", ""]);
    expect(store.trace.value.row(0).value).toEqual({ question: "where?" });
  });

  it("says why a value could not be got, and asks again later", async () => {
    const { store } = page();
    const { ask } = store;
    store.ask = () => Promise.reject(new Error("the kernel has not answered"));
    store.wantValues([0]);
    await flush();
    expect(store.wants.trouble.value).toBe("the kernel has not answered");
    expect(store.trace.value.row(0).value).toBe(AWAY);
    store.ask = ask;
    await vi.advanceTimersByTimeAsync(2_000);
    store.wantValues([0]);
    await flush();
    expect(store.wants.trouble.value).toBeNull();
    expect(store.trace.value.row(0).value).not.toBe(AWAY);
  });

  it("asks again for what a view still wants where no answer came", async () => {
    const { store, asked } = page();
    const { ask } = store;
    effect(() => {
      if (store.trace.value.row(0).value === AWAY) store.wantValues([0]);
    });
    store.ask = () => Promise.reject(new NoAnswer("the kernel has not answered"));
    await flush();
    expect(store.wants.trouble.value).toBe("the kernel has not answered");
    store.ask = ask;
    await vi.advanceTimersByTimeAsync(2_000);
    await flush();
    expect([asked.length, store.wants.trouble.value]).toEqual([1, null]);
    expect(store.trace.value.row(0).value).not.toBe(AWAY);
  });

  it("searches on the kernel for a text that is not on this page", async () => {
    const { store, asked } = page();
    store.setFilter("harrison");
    await flush();
    expect(asked.map(({ type }) => type)).toEqual(["search"]);
    const local = new Store();
    local.apply(golden().snapshot.batch);
    local.setFilter("harrison");
    expect(store.rows.value.slice(0, 99).map(({ seq }) => seq)).toEqual(
      local.rows.value.slice(0, 99).map(({ seq }) => seq),
    );
    store.setFilter('"no luck"');
    await flush();
    // What the kernel says that it found, and what this page finds in the names.
    expect(store.rows.value.length).toBe(5);
  });

  it("is filtered once, when the kernel has said what it found", async () => {
    const { store } = page();
    const seen: number[] = [];
    effect(() => void seen.push(store.rows.value.length));
    store.setFilter("harrison");
    expect(seen).toHaveLength(1);
    await flush();
    expect(seen).toHaveLength(2);
    store.setFilter("nobody says so");
    await flush();
    expect(seen).toHaveLength(3);
  });

  it("is filtered by what is on this page where the kernel takes its time", async () => {
    const { store } = page();
    store.ask = () => new Promise(() => {});
    store.setFilter("on_parser");
    store.setFilter("harrison");
    await vi.advanceTimersByTimeAsync(70);
    expect(store.terms.value).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(store.terms.value).toMatchObject([{ kind: "text", text: "harrison" }]);
  });

  it("goes on with live frames, whose patches wait for those before", async () => {
    const { store } = page();
    const { snapshot } = golden();
    const root = store.trace.value.roots[1] ?? "";
    const seq = store.have();
    store.apply({
      ...{ from_seq: seq, to_seq: seq + 1, closed: true },
      chunks: [{ run: root, seqs: [seq], ts: [9_999_999], texts: ["late"] }],
      patches: [{ root, seq, ops: [{ op: "add", path: "/streamed_output/-", value: "late" }] }],
    });
    expect(store.trace.value.states.get(root)?.away).toBe(true);
    await everything(store);
    expect(store.trace.value.states.get(root)?.state).toMatchObject({ streamed_output: ["late"] });
    expect(store.trace.value.states.get(root)?.refused).toBe(0);
    expect(store.trace.value.events).toBe((snapshot.batch.to_seq ?? 0) + 1);
  });
});

describe("parts", () => {
  function part(columns: Columns, end: number): Columns {
    return { ...columns, end_seq: end, closed: false };
  }

  it("are asked for until the page is level", async () => {
    const { columns, buffers } = golden();
    const [feed, control] = [new FakeChannel(), new FakeChannel()];
    const store = new Store();
    const ask = requester(control, new AbortController().signal, String);
    follow(feed, ask, store, new AbortController().signal);
    const id = () => control.sent.at(-1)?.id;
    control.push({ v: 1, type: "reply", id: id(), ok: true, value: part(columns, 90) }, buffers);
    await flush();
    expect(store.have()).toBe(columns.to_seq);
    expect(control.sent).toHaveLength(2);
    expect(control.sent[1]).toMatchObject({ type: "sync", have_seq: columns.to_seq });
    const rest = {
      ...columns,
      from_seq: columns.to_seq,
      to_seq: columns.to_seq,
      end_seq: columns.to_seq,
      closed: true,
    };
    control.push({ v: 1, type: "reply", id: id(), ok: true, value: rest }, buffers);
    await flush();
    expect(control.sent).toHaveLength(2);
    expect(store.trace.value.closed).toBe(true);
  });

  it("say what is wrong with their buffers", () => {
    const { columns, buffers } = golden();
    expect(() => readPart(columns, buffers.slice(0, 3))).toThrow("a buffer is missing");
    expect(() => readPart(columns, [new ArrayBuffer(4), ...buffers.slice(1)])).toThrow("differ in length");
  });

  it("are refused beyond what a page can hold, in a sentence", () => {
    const store = new Store(null, (task) => task(), {
      locale: "en",
      late: String,
      tooMany: (shown) => `only ${shown}`,
    });
    const { columns, buffers } = golden();
    const read = readPart(columns, buffers);
    store.load(read);
    store.load({ ...read, seqs: { length: 2_000_000 } as Uint32Array });
    expect(store.notice.value).toBe(`only ${read.seqs.length}`);
    expect(store.closed()).toBe(true);
    store.trouble(null);
    expect(store.notice.value).toBe(`only ${read.seqs.length}`);
  });

  it("are refused as a whole where it is chunks that are too many", () => {
    const store = new Store(null, (task) => task(), {
      locale: "en",
      late: String,
      tooMany: (shown) => `only ${shown}`,
    });
    const chunks = [{ run: "r", seqs: { length: 2_000_000 } as number[], ts: [], texts: [] }];
    store.apply({ from_seq: 0, to_seq: 2_000_000, closed: true, chunks });
    expect(store.notice.value).toBe("only 0");
    expect(store.trace.value.events).toBe(0);
  });
});
