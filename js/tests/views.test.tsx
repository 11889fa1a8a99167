import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount, mountPage } from "../src/assets";
import { hidden, maximised } from "../src/views/layout";
import type { Graph, Snapshot, Value } from "../src/wire/types";
import { eventually, FakeChannel, settled } from "./fakes";
import { frames, snapshot } from "./golden";
import { node, Story } from "./story";

let el: HTMLElement;
let unmount = () => {};

beforeEach(() => {
  localStorage.clear();
  hidden.value = [];
  maximised.value = null;
  el = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  unmount();
  unmount = () => {};
  el.remove();
});

const painted = async () => {
  await settled();
  await settled();
};

async function page(what: Parameters<typeof mountPage>[1] = { snapshot: snapshot() }) {
  unmount = mountPage(el, what);
  await painted();
}

function byRole(role: string, name?: string | RegExp): HTMLElement[] {
  const implicit: Record<string, string> = {
    button: "button",
    searchbox: "input[type=search]",
    region: "section[aria-label]",
  };
  const all = [...el.querySelectorAll<HTMLElement>([`[role=${role}]`, implicit[role]].filter(Boolean).join(","))];
  const label = (item: HTMLElement) => item.getAttribute("aria-label") ?? item.textContent ?? "";
  return all.filter(
    (item) => name === undefined || (typeof name === "string" ? label(item) === name : name.test(label(item))),
  );
}

function one(role: string, name?: string | RegExp): HTMLElement {
  const [first] = byRole(role, name);
  if (!first) throw new Error(`no ${role} ${name ?? ""} in ${el.textContent}`);
  return first;
}

async function click(item: HTMLElement) {
  item.click();
  await painted();
}

async function press(item: HTMLElement, key: string) {
  item.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await painted();
}

async function type(item: HTMLElement, text: string) {
  (item as HTMLInputElement).value = text;
  item.dispatchEvent(new Event("input", { bubbles: true }));
  await painted();
}

/** The golden trace with another answer. */
function answering(output: Value): Snapshot {
  const whole = snapshot();
  const model = whole.batch.events?.find((event) => event.kind === "start" && event.type === "chat_model");
  for (const event of whole.batch.events ?? [])
    if (event.kind === "end" && event.run === model?.run) event.output = output;
  return whole;
}

describe("the panel", () => {
  it("has every part under its role and name", async () => {
    await page();
    for (const [role, name] of [
      ["tree", "Chain graph"],
      ["log", "Tokens"],
      ["tree", "Run state"],
      ["tree", "Runs"],
      ["grid", "Events"],
      ["searchbox", "Filter events"],
      ["region", "Details"],
      ["status", "Run status"],
    ] as const) {
      expect(byRole(role, name), `${role} ${name}`).toHaveLength(1);
    }
    expect(one("status").textContent).toBe("done");
    expect(el.dataset.lmSuppressShortcuts).toBe("true");
  });

  it("selects a run in every view, whichever was clicked", async () => {
    await page();
    await click(one("treeitem", /^my_llm, chat model, done/));
    expect(one("region", "Details").textContent).toContain("Harrison worked at Kensho.");
    for (const item of byRole("treeitem", /^my_llm, /)) expect(item.getAttribute("aria-selected")).toBe("true");
    expect(one("button", /^my_llm/).getAttribute("aria-pressed")).toBe("true");
    const rows = byRole("row").filter((row) => row.getAttribute("aria-selected") === "true");
    expect(rows.every((row) => row.textContent?.includes("my_llm"))).toBe(true);
    await click(byRole("row").find((row) => row.textContent?.includes("on_parser_end")) as HTMLElement);
    expect(one("region", "Details").textContent).toContain("StrOutputParser");
  });

  it("copies the chain in which something is selected, at first the first", async () => {
    const copied = vi.fn(async () => {});
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: copied } });
    const told = (root: string, name: string, at: number) => ({
      graph: { root, graph: { root: node("", "lambda", name), schemas: [], exports: { python: name } } as Graph },
      events: new Story()
        .start(root, null, "", name)
        .end(root)
        .snapshot()
        .batch.events?.map((event) => ({
          ...event,
          seq: event.seq + at,
          t: event.t + at,
        })),
    });
    const [one_, two] = [told("a", "first", 0), told("b", "second", 2)];
    const batch = { ...new Story().snapshot().batch, to_seq: 4, graphs: [one_.graph, two.graph] };
    const events = [...(one_.events ?? []), ...(two.events ?? [])];
    await page({ snapshot: { ...new Story().snapshot(), batch: { ...batch, events } } });
    const copy = async () => {
      await click(one("button", "Copy as"));
      await click(one("menuitem", "Python"));
    };
    await copy();
    await click(one("treeitem", /^second/));
    await copy();
    expect(copied.mock.calls).toEqual([["first"], ["second"]]);
    vi.unstubAllGlobals();
  });

  it("shows a step's schemas as a type tree, and as JSON Schema on request", async () => {
    await page();
    await click(one("treeitem", /^ChatPromptTemplate, prompt/));
    await click(one("tab", "Step"));
    expect(byRole("treeitem", "context: str")).toHaveLength(1);
    await click(one("button", "Input schema: JSON Schema"));
    expect(byRole("treeitem", /^properties: /)).toHaveLength(1);
  });

  it("hides, maximises and remembers", async () => {
    await page();
    await click(one("button", "Hide State"));
    expect(byRole("tree", "Run state")).toHaveLength(0);
    expect(JSON.parse(localStorage.getItem("chainviz") ?? "{}")).toMatchObject({ hidden: ["state"] });
    await click(one("button", "Maximise Tokens"));
    expect(byRole("tree", "Chain graph")).toHaveLength(0);
    expect(byRole("log", "Tokens")).toHaveLength(1);
    await click(one("button", "Restore Tokens"));
    expect(byRole("tree", "Chain graph")).toHaveLength(1);
  });

  it("says in its head which views are shown, and shows the one that is chosen there", async () => {
    await page();
    const pressed = () => byRole("button").filter((button) => button.matches(".cv-views [aria-pressed=true]"));
    await click(one("button", "Hide State"));
    await click(one("button", "Maximise Tokens"));
    expect(pressed().map(({ textContent }) => textContent)).toEqual(["Tokens"]);
    await click(one("button", "State"));
    expect(byRole("tree", "Run state")).toHaveLength(1);
    expect(pressed()).toHaveLength(5);
    await click(one("button", "State"));
    expect(byRole("tree", "Run state")).toHaveLength(0);
  });

  it("says what to do where nothing ran", async () => {
    await page({ snapshot: { ...snapshot(), batch: { from_seq: 0, to_seq: 0, closed: true } } });
    expect(el.textContent).toContain("No chain has run yet");
    expect(el.textContent).toContain("No model has run yet");
  });
});

describe("the timeline", () => {
  it("filters, counts, and keeps the last good result where the filter does not parse", async () => {
    await page();
    const box = one("searchbox", "Filter events");
    await type(box, "type:retriever");
    expect(el.textContent).toContain("2 of 47 events");
    expect(byRole("row")).toHaveLength(3);
    await type(box, "type:retrieve");
    expect(one("alert").textContent).toBe(
      'Unknown type "retrieve" at character 6: expected chain, chat_model, llm, prompt, retriever, tool, parser.',
    );
    expect(el.textContent).toContain("2 of 47 events");
    await type(box, "");
    expect(el.textContent).toContain("47 of 47 events");
  });

  it("completes by keyboard", async () => {
    await page();
    const box = one("searchbox", "Filter events") as HTMLInputElement;
    await type(box, "st");
    await press(box, "ArrowDown");
    expect(one("option", "status:").getAttribute("aria-selected")).toBe("true");
    await press(box, "Enter");
    expect(box.value).toBe("status:");
    expect(byRole("option").map((option) => option.textContent)).toContain("status:error");
  });

  it("goes round through the suggestions in both directions, and leaves the focus in the box when it is emptied", async () => {
    await page();
    const box = one("searchbox", "Filter events") as HTMLInputElement;
    const chosen = () => byRole("option").findIndex((option) => option.getAttribute("aria-selected") === "true");
    await press(box, "ArrowDown");
    const last = byRole("option").length - 1;
    const seen = [];
    for (const key of ["ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowUp"]) {
      await press(box, key);
      seen.push(chosen());
    }
    expect(seen).toEqual([last, last - 1, last, 0, last]);
    await press(box, "Enter");
    const button = one("button", "Clear filter");
    button.focus();
    await click(button);
    expect([box.value, document.activeElement]).toEqual(["", box]);
  });

  it("moves through runs and events by keys", async () => {
    await page();
    const runs = one("tree", "Runs");
    const active = (item: HTMLElement) => document.getElementById(item.getAttribute("aria-activedescendant") ?? "");
    await press(runs, "End");
    expect(active(runs)?.getAttribute("aria-label")).toMatch(/^StrOutputParser/);
    await press(runs, "d");
    expect(active(runs)?.getAttribute("aria-label")).toMatch(/^Docs, retriever/);
    await press(runs, "ArrowLeft");
    await press(runs, "ArrowLeft");
    expect(byRole("treeitem", /^Docs, retriever, done/)).toHaveLength(0);
    await press(runs, "ArrowRight");
    expect(byRole("treeitem", /^Docs, retriever, done/)).toHaveLength(1);
    await press(runs, "Enter");
    expect(one("region", "Details").textContent).toContain("RunnableParallel<context,question>");
    // From what was selected elsewhere the keys go on.
    await click(one("treeitem", /^my_llm, chat model, done/));
    expect(active(runs)?.getAttribute("aria-label")).toMatch(/^my_llm/);
    await press(runs, "ArrowDown");
    expect(active(runs)?.getAttribute("aria-label")).toMatch(/^StrOutputParser/);
  });
});

describe("tokens", () => {
  it("mark where each token ends when asked", async () => {
    await page();
    const lane = () => el.querySelector(".cv-lane .cv-text")?.textContent;
    expect(lane()).toBe("Harrison worked at Kensho.");
    await click(one("button", "Token boundaries"));
    expect(lane()).toBe("|H|arrison| worked| at| Kens|ho|.|||");
    await click(one("button", "Token boundaries"));
    expect(lane()).toBe("Harrison worked at Kensho.");
  });
});

describe("the graph alone", () => {
  const graph = () => (snapshot().batch.graphs ?? [])[0]?.graph as Graph;

  it("shows steps, types and details without statuses", async () => {
    await page({ graph: graph() });
    expect(byRole("treeitem").map((item) => item.getAttribute("aria-label"))).toEqual([
      "RunnableSequence, sequence",
      "RunnableParallel<context,question>, parallel",
      "context: Docs, retriever",
      "question: RunnablePassthrough, passthrough",
      "ChatPromptTemplate, prompt",
      "my_llm, chat model",
      "StrOutputParser, parser",
    ]);
    expect(el.textContent).toContain("ChatPromptValue");
    await click(one("treeitem", "context: Docs, retriever"));
    expect(one("region", "Details").textContent).toContain("Finds the documents nearest to a query.");
  });

  it("walks, folds and selects by keys", async () => {
    await page({ graph: graph() });
    const items = byRole("treeitem");
    items[0]?.focus();
    expect(items.filter((item) => item.tabIndex === 0)).toHaveLength(1);
    await press(document.activeElement as HTMLElement, "ArrowDown");
    expect(document.activeElement).toBe(items[1]);
    await press(document.activeElement as HTMLElement, "ArrowLeft");
    expect(byRole("treeitem")).toHaveLength(5);
    expect(items[1]?.getAttribute("aria-expanded")).toBe("false");
    await press(document.activeElement as HTMLElement, "End");
    await press(document.activeElement as HTMLElement, "Enter");
    expect(one("region", "Details").textContent).toContain("StrOutputParser");
  });
});

describe("what came from outside", () => {
  it("stays text", async () => {
    await page({ snapshot: answering("<img src=x onerror=alert(1)>\u202e\u0007") });
    await click(one("treeitem", /^my_llm, chat model/));
    expect(el.querySelector("img")).toBeNull();
    expect(one("region", "Details").textContent).toContain("<img src=x onerror=alert(1)>⟨U+202E⟩␇");
  });

  it("paints a card instead of a blank where a view throws, and goes on after a retry", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = snapshot();
    for (const event of broken.batch.events ?? []) {
      if (event.kind === "start" && event.type === "chat_model") Object.assign(event, { metadata: null });
    }
    await page({ snapshot: broken });
    await click(one("treeitem", /^my_llm, chat model/));
    expect(one("alert").textContent).toContain("This view stopped on an error");
    expect(byRole("tree", "Runs")).toHaveLength(1);
    await click(one("treeitem", /^Docs, retriever/));
    await click(one("button", "Try again"));
    expect(one("region", "Details").textContent).toContain("harrison worked at kensho");
    expect(error).toHaveBeenCalled();
  });
});

describe("views of a kernel", () => {
  function kernel(trace: string) {
    const feed = new FakeChannel();
    const control = new FakeChannel();
    const widgets: Record<string, FakeChannel> = { "anywidget:f": feed, "anywidget:c": control };
    const host = { getWidget: async (ref: string) => ({ exports: { model: widgets[ref] } }) };
    const model = (view: string) =>
      new FakeChannel({ trace, view, feed: "anywidget:f", control: "anywidget:c", graph: null });
    return { feed, control, host, model };
  }

  it("stay blank for a moment, then are shown empty where the kernel keeps them waiting", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const { control, host, model } = kernel("t0");
    const down = mount({ model: model("trace"), el, host });
    await vi.advanceTimersByTimeAsync(199);
    expect(control.sent).toHaveLength(1);
    expect(el.textContent).toBe("");
    await vi.advanceTimersByTimeAsync(1);
    vi.useRealTimers();
    expect(one("status").textContent).toBe("waiting");
    down();
  });

  it("share one store, follow frames and say where a stop is refused", async () => {
    const { feed, control, host, model } = kernel("t1");
    const other = document.body.appendChild(document.createElement("div"));
    const first = mount({ model: model("trace"), el, host });
    const second = mount({ model: model("tokens"), el: other, host });
    await eventually(() => expect(control.sent).toHaveLength(1));
    const nothing = { ...snapshot(), batch: { from_seq: 0, to_seq: 0, closed: false } };
    control.answer({ ok: true, value: nothing });
    for (const frame of frames().slice(0, -1)) feed.push(frame);
    await eventually(() => expect(one("status").textContent).toBe("running"));
    await eventually(() => expect(other.textContent).toContain("Harrison worked at"));
    await click(one("button", "Stop"));
    control.answer({ ok: false, error: "Only a run that chainviz.watch() started can be stopped." });
    await painted();
    expect(one("alert").textContent).toContain("Only a run that");
    feed.push(frames().at(-1));
    await eventually(() => expect(one("status").textContent).toBe("done"));
    first();
    expect(feed.listeners.size).toBeGreaterThan(0);
    second();
    expect(feed.listeners.size + control.listeners.size).toBe(0);
    other.remove();
  });

  it("brings a late view up to date from the shared store", async () => {
    const { control, host, model } = kernel("t2");
    const down = mount({ model: model("state"), el, host });
    await painted();
    control.answerSync(snapshot());
    await painted();
    const late = document.body.appendChild(document.createElement("div"));
    const lateDown = mount({ model: model("timeline"), el: late, host });
    await eventually(() => expect(late.textContent).toContain("47 of 47 events"));
    expect(control.sent).toHaveLength(1);
    down();
    lateDown();
    late.remove();
  });

  it.each(["trace", "graph", "tokens"])("say what stands in the way, whichever is shown: %s", async (view) => {
    const { control, host, model } = kernel(`t-${view}`);
    unmount = mount({ model: model(view), el, host });
    await painted();
    control.answer({ ok: false, error: "There is no such trace." });
    await eventually(() => expect(one("alert").textContent).toBe("There is no such trace."));
  });

  it("works inside a shadow root, with its style in there", async () => {
    const shadow = el.attachShadow({ mode: "open" });
    const inner = shadow.appendChild(document.createElement("div"));
    unmount = mountPage(inner, { snapshot: snapshot() });
    await painted();
    expect(shadow.querySelectorAll("style")).toHaveLength(1);
    expect(shadow.querySelector("[role=grid]")).not.toBeNull();
  });

  it("says in a card that a view belongs to no trace", async () => {
    unmount = mount({ model: new FakeChannel({ view: "trace", trace: "", graph: null }), el, host: {} });
    await painted();
    expect(one("alert").textContent).toContain("belongs to no trace");
  });
});
