import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Store } from "../src/store/store";
import { streamEvents } from "../src/views/timeline/form";
import { RunOrder, RunRows } from "../src/views/timeline/run-rows";
import { scaled, ticks, within } from "../src/views/timeline/span";
import { tokenPath } from "../src/views/timeline/waterfall";
import type { Snapshot, Value } from "../src/wire/types";
import { eventually } from "./fakes";
import { snapshot } from "./golden";
import { Story, show } from "./story";

function storeOf(whole: Snapshot): Store {
  const store = new Store();
  store.apply(whole.batch);
  store.tick();
  return store;
}

/** Two root runs, of which the second has children two levels deep. */
const family = () =>
  new Story()
    .start("a", null, "", "A")
    .start("b", null, "", "B")
    .start("b1", "b", "seq:1", "B1")
    .start("a1", "a", "seq:1", "A1", "llm")
    .start("b1x", "b1", "seq:1", "B1X")
    .say("a1", ["one", "", "two"])
    .start("b2", "b", "seq:2", "B2")
    .snapshot();

describe("the span", () => {
  const whole = { from: 100, to: 200 };

  it("stays within the whole, and is none where it is all of it", () => {
    expect(within(120, 140, whole)).toEqual({ from: 120, to: 140 });
    expect(within(190, 230, whole)).toEqual({ from: 160, to: 200 });
    expect(within(80, 90, whole)).toEqual({ from: 100, to: 110 });
    expect(within(50, 250, whole)).toBeNull();
    expect((within(150, 150, whole)?.to ?? 0) - 150).toBeCloseTo(0.02);
  });

  it("is scaled around a time", () => {
    expect(scaled(whole, 0.5, 125, whole)).toEqual({ from: 112.5, to: 162.5 });
    expect(scaled({ from: 120, to: 140 }, 10, 130, whole)).toBeNull();
  });

  it("has round times marked, told as finely as they differ", () => {
    const labels = (from: number, to: number) => ticks({ from, to }, 4).map(({ label }) => label);
    expect(labels(0, 230)).toEqual(["0 ms", "100 ms", "200 ms"]);
    expect(labels(41.2, 42)).toEqual(["41.2 ms", "41.4 ms", "41.6 ms", "41.8 ms", "42.0 ms"]);
    expect(labels(61_000, 61_200)).toEqual(["61.00 s", "61.05 s", "61.10 s", "61.15 s", "61.20 s"]);
    expect(labels(5, 5)).toEqual([]);
  });
});

describe("the order of the runs", () => {
  const ids = (store: Store, passing: Uint8Array | null = null, folded: string[] = []) => {
    const trace = store.trace.value;
    const rows = new RunRows(trace, new RunOrder(trace, passing, new Set(folded)), ({ name }) => name);
    const all = rows.slice(0, rows.length);
    expect(all.map(({ key }) => rows.indexOf(key))).toEqual(all.map((_, index) => index));
    return all.map(({ key, level, place, of, open }) => `${key} ${level} ${place}/${of} ${open}`);
  };

  it("is that of the tree, whatever came first", () => {
    expect(ids(storeOf(family()))).toEqual([
      "a 1 1/2 true",
      "a1 2 1/1 undefined",
      "b 1 2/2 true",
      "b1 2 1/2 true",
      "b1x 3 1/1 undefined",
      "b2 2 2/2 undefined",
    ]);
  });

  it("leaves out what is folded away or has not begun", () => {
    const store = storeOf(family());
    expect(ids(store, null, ["b"])).toEqual(["a 1 1/2 true", "a1 2 1/1 undefined", "b 1 2/2 false"]);
    store.seek(3);
    expect(ids(store)).toEqual(["a 1 1/2 undefined", "b 1 2/2 true", "b1 2 1/1 undefined"]);
  });

  it("keeps those above the ones that pass", () => {
    const store = storeOf(family());
    store.setFilter("name:B1X");
    expect(ids(store, store.rows.value.runs())).toEqual(["b 1 1/1 true", "b1 2 1/1 true", "b1x 3 1/1 undefined"]);
  });
});

it("rows of a span are those whose time lies in it", () => {
  const { rows } = storeOf(snapshot());
  const some = rows.value.between(0.2, 0.52);
  expect(some.slice(0, 9).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(
    some
      .between(0.4, 9)
      .slice(0, 9)
      .map(({ seq }) => seq),
  ).toEqual([2, 3]);
  expect(some.indexOf(2)).toBe(1);
});

it("tokens are strokes, one for many where they stand together", () => {
  const run = storeOf(family()).trace.value.runs.get("a1");
  if (!run) throw new Error("no run");
  // The one without text brings no token.
  expect(tokenPath(run, { from: 0, to: 500 })).toBe("M5 0v1M7 0v1");
  expect(tokenPath(run, { from: 6, to: 506 })).toBe("M1 0v1");
  expect(tokenPath(run, { from: 0, to: 500_000 })).toBe("M0 0v1");
});

describe("an event as astream_events tells it", () => {
  const { trace } = storeOf(snapshot());
  const of = (seq: number, version: "v1" | "v2") =>
    streamEvents(trace.value, trace.value.row(seq), version) as Record<string, Value>[];
  const root = "018d2394-9a3e-7001-8a6c-2f1b7c5e0001";
  const parallel = "018d2394-9a3e-7002-8a6c-2f1b7c5e0002";

  it("has the parents in version 2 only", () => {
    expect(of(2, "v2")).toEqual([
      {
        event: "on_retriever_start",
        name: "Docs",
        run_id: "018d2394-9a3e-7003-8a6c-2f1b7c5e0003",
        parent_ids: [root, parallel],
        tags: ["map:key:context", "InMemoryVectorStore", "HashingEmbeddings"],
        metadata: { ls_retriever_name: "vectorstore" },
        data: { input: { query: "where did harrison work?" } },
      },
    ]);
    expect(of(2, "v1")[0]).toMatchObject({ event: "on_retriever_start", parent_ids: [] });
    expect(of(1, "v2")[0]?.data).toEqual({});
  });

  it("shows what a retriever and a model give in its version", () => {
    const [documents] = of(7, "v2").map(({ data }) => (data as Record<string, Value>).output);
    expect(documents).toHaveLength(2);
    expect(of(7, "v1")[0]?.data).toEqual({ input: { query: "where did harrison work?" }, output: { documents } });
    const message = { $type: "message", class: "AIMessageChunk" };
    expect(of(44, "v2")[0]?.data).toMatchObject({ output: message });
    expect(of(44, "v1")[0]?.data).toMatchObject({
      output: {
        generations: [[{ text: "Harrison worked at Kensho.", type: "ChatGenerationChunk", message }]],
        llm_output: null,
        run: null,
        type: "LLMResult",
      },
    });
  });

  it("ends the root with its output alone", () => {
    for (const version of ["v1", "v2"] as const) {
      expect(of(46, version)).toMatchObject([{ data: { output: "Harrison worked at Kensho." } }]);
      expect(of(46, version)[0]?.data).not.toHaveProperty("input");
    }
  });

  it("tells a root that did not stream as a stream of one in version 1", () => {
    const whole = new Story().start("r", null, "", "R", "tool").end("r").snapshot();
    const { value } = storeOf(whole).trace;
    const events = streamEvents(value, value.row(1), "v1") as Record<string, Value>[];
    expect(events.map(({ event, data }) => [event, data])).toEqual([
      ["on_tool_stream", { chunk: "output of r" }],
      ["on_tool_end", { output: "output of r" }],
    ]);
  });

  it("knows custom events in version 2 only, and errors", () => {
    const story = new Story().start("r", null, "", "R").fail("r").snapshot();
    story.batch.events?.splice(1, 0, { kind: "custom", seq: 1, t: 1, run: "r", name: "note", data: { n: 1 } });
    for (const event of story.batch.events ?? []) if (event.kind === "error") event.seq = 2;
    story.batch.to_seq = 3;
    const { value } = storeOf(story).trace;
    expect(streamEvents(value, value.row(1), "v1")).toEqual([]);
    expect(streamEvents(value, value.row(1), "v2")).toMatchObject([
      { event: "on_custom_event", name: "note", data: { n: 1 } },
    ]);
    expect(streamEvents(value, value.row(2), "v2")).toMatchObject([
      { event: "on_chain_error", data: { error: "ValueError: r failed", input: "input of r" } },
    ]);
  });
});

describe("the timeline", () => {
  let el: HTMLElement;
  let page: Awaited<ReturnType<typeof show>>;

  beforeEach(async () => {
    localStorage.clear();
    el = document.body.appendChild(document.createElement("div"));
    page = await show(el, { snapshot: snapshot(), view: "timeline" });
  });
  afterEach(() => {
    page.down();
    el.remove();
  });

  const axis = () => page.one("slider", /^Visible span$/);
  const seen = () => axis().getAttribute("aria-valuetext");
  const count = () => Number(page.one("grid", /^Events$/).getAttribute("aria-rowcount")) - 1;

  it("zooms and moves by keys, and the events follow", async () => {
    expect([seen(), count()]).toEqual(["0 ms – 232 ms", 47]);
    await page.press(axis(), "+");
    expect(seen()).toBe("58 ms – 174 ms");
    await eventually(() => expect(count()).toBeLessThan(47));
    await page.press(axis(), "Home");
    expect(seen()).toBe("0 ms – 116 ms");
    await page.press(axis(), "ArrowRight");
    expect(seen()).toBe("14 ms – 130 ms");
    await page.press(axis(), "Escape");
    await eventually(() => expect([seen(), count()]).toEqual(["0 ms – 232 ms", 47]));
    await page.press(axis(), "+");
    const whole = page.one("button", /^Show the whole span$/);
    whole.focus();
    await page.click(whole);
    expect(seen()).toBe("0 ms – 232 ms");
    expect(document.activeElement).toBe(axis());
  });

  it("goes to a moment by a click and zooms by a drag", async () => {
    const box = { left: 0, width: 232, top: 0, height: 18, right: 232, bottom: 18, x: 0, y: 0 } as DOMRect;
    const track = axis();
    track.getBoundingClientRect = () => box;
    track.setPointerCapture = () => {};
    const point = async (type: string, clientX: number, detail = 0) => {
      const event = type === "click" ? MouseEvent : PointerEvent;
      track.dispatchEvent(new event(type, { clientX, detail, button: 0, bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const whole = el.querySelector(".cv-matches")?.textContent;
    expect(whole).toBe("47 of 47 events");
    const clickAt = async (x: number, detail: number) => {
      await point("pointerdown", x);
      await point("pointerup", x);
      await point("click", x, detail);
    };
    await clickAt(42.5, 1);
    expect(el.querySelector(".cv-matches")?.textContent).toBe("11 of 11 events");
    expect(el.querySelector<HTMLElement>(".cv-cursor")?.style.left).toMatch(/^18\./);
    await clickAt(42.5, 2);
    expect(el.querySelector(".cv-matches")?.textContent).toBe("47 of 47 events");
    await point("pointerdown", 58);
    await point("pointermove", 116);
    expect(el.querySelector(".cv-brush")).not.toBeNull();
    await point("pointerup", 116);
    await point("click", 116, 1);
    expect(seen()).toBe("58 ms – 116 ms");
    expect(el.querySelector(".cv-matches")?.textContent).toBe("47 of 47 events");
    // Who goes somewhere stays there: a replay ends.
    const replay = page.one("button", /^Replay ×¼$/);
    await page.click(replay);
    expect(replay.getAttribute("aria-pressed")).toBe("true");
    await clickAt(42.5, 1);
    expect(replay.getAttribute("aria-pressed")).toBe("false");
  });

  it("opens an event in the form of either version", async () => {
    await page.type(el.querySelector("input[type=search]") as HTMLElement, "type:retriever");
    const row = page.one("row", /on_retriever_end/);
    await page.click(row);
    const form = () => el.querySelector("section[aria-label='Event of astream_events']");
    expect(form()?.textContent).toContain('"on_retriever_end"');
    expect(form()?.textContent).not.toContain("documents");
    await page.click(page.one("button", /^astream_events v1$/));
    expect(form()?.textContent).toContain("documents");
    await page.click(page.one("button", /^astream_events v2$/));
    await page.press(page.one("grid", /^Events$/), "Escape");
    expect(form()).toBeNull();
    await page.press(page.one("grid", /^Events$/), "Enter");
    expect(form()?.textContent).toContain('"on_retriever_end"');
    await page.press(page.one("tree", /^Event of astream_events$/), "Escape");
    expect(form()).toBeNull();
    await page.press(page.one("grid", /^Events$/), "Enter");
    const close = page.one("button", /^Dismiss$/);
    close.focus();
    await page.click(close);
    expect(form()).toBeNull();
    expect(document.activeElement).toBe(page.one("grid", /^Events$/));
  });
});
