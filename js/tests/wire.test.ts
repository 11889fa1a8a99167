import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Log } from "../src/store/log";
import { Store } from "../src/store/store";
import { newestOf } from "../src/store/trace";
import { follow } from "../src/wire/follow";
import { expand } from "../src/wire/parts";
import { NoAnswer, requester, TIMEOUT } from "../src/wire/requests";
import { judge } from "../src/wire/sequence";
import type { Batch, Snapshot } from "../src/wire/types";
import { contentOf } from "./content";
import { FakeChannel } from "./fakes";
import { frames, replies, requests, snapshot } from "./golden";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const late = (seconds: number) => `no answer for ${seconds} s`;
const flush = () => vi.advanceTimersByTimeAsync(0);

function upTo(whole: Snapshot, have: number, to: number): Snapshot {
  const inside = ({ seq }: { seq: number }) => seq >= have && seq < to;
  const { batch } = whole;
  const chunks = (batch.chunks ?? []).map((column) => {
    const { seqs, ts } = expand(column);
    const kept = seqs.map((_, index) => index).filter((index) => inside({ seq: seqs[index] as number }));
    const steps = (numbers: number[]) => numbers.map((number, index) => number - (numbers[index - 1] ?? 0));
    return {
      ...column,
      seqs: steps(kept.map((index) => seqs[index] as number)),
      ts: steps(kept.map((index) => Math.round((ts[index] as number) * 100))),
      texts: kept.map((index) => column.texts[index] ?? null),
    };
  });
  return {
    ...whole,
    batch: {
      ...batch,
      from_seq: have,
      to_seq: to,
      events: batch.events?.filter(inside) ?? [],
      patches: batch.patches?.filter(inside) ?? [],
      chunks: chunks.filter(({ seqs }) => seqs.length > 0),
      closed: to === batch.to_seq,
    },
  };
}

function page() {
  const feed = new FakeChannel();
  const control = new FakeChannel();
  const store = new Store();
  const controller = new AbortController();
  const begin = () => {
    store.ask = requester(control, controller.signal, late);
    follow(feed, store.ask, store, controller.signal);
  };
  return { feed, control, store, controller, begin };
}

const content = ({ trace }: Store) => contentOf(trace.value);

function complete() {
  const store = new Store();
  store.apply(snapshot().batch);
  return content(store);
}

describe("sequence", () => {
  const batch = (from_seq: number, to_seq: number): Batch => ({ from_seq, to_seq, closed: false });
  it.each([
    [0, 0, 5, "apply"],
    [5, 5, 9, "apply"],
    [5, 7, 9, "gap"],
    [5, 0, 4, "seen"],
    [5, 3, 9, "apply"],
    [5, 5, 5, "apply"],
  ])("knows %i, gets [%i, %i): %s", (have, from, to, verdict) => {
    expect(judge(have, batch(from, to))).toBe(verdict);
  });

  it("leaves out what is known already", () => {
    const log = new Log();
    log.apply(upTo(snapshot(), 0, 30).batch);
    log.apply(snapshot().batch);
    expect(contentOf(newestOf(log))).toEqual(complete());
  });
});

describe("following a trace", () => {
  it("asks for everything first", () => {
    const { control, begin } = page();
    begin();
    expect(control.sent).toMatchObject([{ v: 1, type: "sync", have_seq: 0 }]);
  });

  it("applies frames while the first answer is still out, then skips what the answer repeats", async () => {
    const { feed, control, store, begin } = page();
    begin();
    for (const frame of frames().slice(0, 3)) feed.push(frame);
    expect(store.have()).toBe(11);
    control.answerSync(snapshot());
    await flush();
    expect(content(store)).toEqual(complete());
  });

  it("ends the same when frames are lost, doubled and out of order", async () => {
    const { feed, control, store, begin } = page();
    begin();
    control.answerSync(upTo(snapshot(), 0, 5));
    await flush();
    const all = frames();
    for (const index of [3, 3, 1, 7, 5, 0]) feed.push(all[index]);
    await flush();
    expect(control.sent.at(-1)).toMatchObject({ type: "sync" });
    control.answerSync(snapshot());
    await flush();
    expect(content(store)).toEqual(complete());
  });

  it("asks again where a frame was lost, once at a time", async () => {
    const { feed, control, store, begin } = page();
    begin();
    control.answerSync(upTo(snapshot(), 0, 1));
    await flush();
    const all = frames();
    feed.push(all[4]);
    feed.push(all[6]);
    expect(control.sent).toHaveLength(2);
    expect(control.sent[1]).toMatchObject({ have_seq: 1 });
    control.answerSync(upTo(snapshot(), 1, 20));
    await flush();
    expect(store.have()).toBe(24);
  });

  it("notices after a silence that the last frame was lost", async () => {
    const { feed, control, store, begin } = page();
    begin();
    control.answerSync(upTo(snapshot(), 0, 0));
    await flush();
    for (const frame of frames().slice(0, -1)) feed.push(frame);
    await vi.advanceTimersByTimeAsync(5_500);
    expect(control.sent.at(-1)).toMatchObject({ type: "sync", have_seq: 43 });
    control.answerSync(upTo(snapshot(), 43, 47));
    await flush();
    expect(content(store)).toEqual(complete());
    await vi.advanceTimersByTimeAsync(600_000);
    expect(control.sent).toHaveLength(2);
  });

  it("says that the kernel does not answer, keeps asking, and takes it back", async () => {
    const { control, store, begin } = page();
    begin();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(store.notice.value).toBeNull();
    await vi.advanceTimersByTimeAsync(TIMEOUT);
    expect(store.notice.value).toBe("no answer for 10 s");
    await vi.advanceTimersByTimeAsync(6_000);
    expect(control.sent).toHaveLength(5);
    control.answerSync(snapshot());
    await flush();
    expect(store.notice.value).toBeNull();
    expect(content(store)).toEqual(complete());
  });

  it("asks again soon where the first request waits behind a busy cell", async () => {
    const { control, store, begin } = page();
    begin();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(control.sent).toHaveLength(2);
    control.answerSync(snapshot());
    await flush();
    expect(store.notice.value).toBeNull();
    expect(content(store)).toEqual(complete());
  });

  it("does not ask again where the kernel refused", async () => {
    const { control, store, begin } = page();
    begin();
    control.answer({ ok: false, error: "there is no such trace" });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(store.notice.value).toBe("there is no such trace");
    expect(control.sent).toHaveLength(1);
  });

  it("listens no more once it is closed", () => {
    const { feed, control, store, controller, begin } = page();
    begin();
    controller.abort();
    expect(feed.listeners.size + control.listeners.size).toBe(0);
    expect(store.have()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("requests", () => {
  it("look like the golden ones, and golden replies settle them", async () => {
    const control = new FakeChannel();
    const ask = requester(control, new AbortController().signal, late);
    const [sync, detail, stop] = requests();
    const [, full, refused, done] = replies();
    const asked = ask({ type: "detail", run: detail?.type === "detail" ? detail.run : "", what: "output" });
    expect({ ...control.sent[0], id: detail?.id }).toEqual(detail);
    control.push({ ...full, id: control.sent[0]?.id });
    expect(await asked).toEqual({ value: "Harrison worked at Kensho." });

    const stopped = ask({ type: "stop" });
    expect({ ...control.sent[1], id: stop?.id }).toEqual(stop);
    control.push({ ...refused, id: control.sent[1]?.id });
    await expect(stopped).rejects.toThrow("Only a run that chainviz.watch() started can be stopped.");

    const again = ask({ type: "stop" });
    control.push({ ...done, id: control.sent[2]?.id });
    expect(await again).toEqual({ done: true });

    void ask({ type: "sync", have_seq: 0 });
    expect({ ...control.sent[3], id: sync?.id }).toEqual(sync);
  });

  it("settle once, and not by another page's reply", async () => {
    const control = new FakeChannel();
    const ask = requester(control, new AbortController().signal, late);
    const asked = ask({ type: "stop" });
    control.push({ v: 1, type: "reply", id: "somebody-1", ok: false, error: "not yours" });
    control.answer({ value: { done: true } });
    control.answer({ ok: false, error: "too late" });
    expect(await asked).toEqual({ done: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are given up after the time limit, and when the view closes", async () => {
    const control = new FakeChannel();
    const controller = new AbortController();
    const ask = requester(control, controller.signal, late);
    const slow = expect(ask({ type: "stop" })).rejects.toThrow(NoAnswer);
    await vi.advanceTimersByTimeAsync(TIMEOUT);
    await slow;
    const open = expect(ask({ type: "stop" })).rejects.toThrow();
    controller.abort(new Error("closed"));
    await open;
  });
});
