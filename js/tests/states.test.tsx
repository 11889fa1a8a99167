// A graph of states as it is drawn. This page knows no sizes, so the cards' are given; `layout.test.ts` tells where
// they go.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Graph, GraphLink, GraphNode, Snapshot } from "../src/wire/types";
import "../src/worker";
import { arrange } from "../src/layout/arrange";
import type { Level, Placed } from "../src/layout/level";
import { eventually, FakeChannel, settled } from "./fakes";

const HOSTILE = '<img src=x onerror="alert(1)">';

const node = (id: string, kind: GraphNode["kind"], rest: Partial<GraphNode> = {}): GraphNode => ({
  id,
  kind,
  name: id.split(":").at(-1) ?? id,
  class_name: "Step",
  input_type: "State",
  output_type: "State",
  ...rest,
});

const link = (source: number, target: number, label?: string): GraphLink => ({
  source,
  target,
  label: label ?? null,
  conditional: label !== undefined,
});

/** An agent that calls tools, as LangGraph draws it. */
const agent = (id = "", rest: Partial<GraphNode> = {}): GraphNode => {
  const inside = id ? `${id}/` : "";
  return node(id, "graph", {
    name: "agent graph",
    children: [
      node(`${inside}node:__start__`, "start"),
      node(`${inside}node:agent`, "chat_model"),
      node(`${inside}node:tools`, "tool"),
      node(`${inside}node:__end__`, "end"),
    ],
    links: [link(0, 1), link(1, 2, "continue"), link(2, 1), link(1, 3, "end")],
    ...rest,
  });
};

let el: HTMLElement;
let unmount = () => {};
let observed: (() => void)[] = [];

beforeEach(async () => {
  localStorage.clear();
  const script = await import("../src/states");
  Object.assign(globalThis, { chainvizStates: () => script });
  observed = [];
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(130);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(30);
  class Observer {
    constructor(private readonly callback: () => void) {}
    observe() {
      observed.push(this.callback);
    }
    disconnect() {
      observed = observed.filter((callback) => callback !== this.callback);
    }
  }
  vi.stubGlobal("ResizeObserver", Observer);
  el = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  unmount();
  unmount = () => {};
  el.remove();
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function show(root: GraphNode) {
  const { mountPage } = await import("../src/assets");
  unmount = mountPage(el, { graph: { root } });
}

const items = () => [...el.querySelectorAll<HTMLElement>("[role=treeitem]")];
const item = (name: RegExp) =>
  items().find((found) => name.test(found.getAttribute("aria-label") ?? "")) as HTMLElement;
const routes = () => [...el.querySelectorAll(".cv-graph-link")];
const drawn = (count = 4) => eventually(() => expect(routes()).toHaveLength(count));
const placeOf = (name: RegExp) => {
  const { left, top } = (item(name).parentElement as HTMLElement).style;
  return { left: Number.parseFloat(left), top: Number.parseFloat(top) };
};

describe("a graph of states", () => {
  it("stands in a column until it is laid out, then as its links say", async () => {
    await show(agent());
    expect(items()).toHaveLength(5);
    expect(el.querySelector(".cv-laid")).toBeNull();
    await drawn();
    expect(placeOf(/^start/).top).toBeLessThan(placeOf(/^agent, chat/).top);
    expect(placeOf(/^agent, chat/).top).toBeLessThan(placeOf(/^tools/).top);
    expect(placeOf(/^tools/).left).toBeLessThan(placeOf(/^end/).left);
  });

  it("is a tree to the keyboard and to screen readers", async () => {
    await show(agent());
    await drawn();
    expect(items().map((found) => [found.getAttribute("aria-label"), found.getAttribute("aria-level")])).toEqual([
      ["agent graph, state graph", "1"],
      ["start", "2"],
      ["agent, chat model", "2"],
      ["tools, tool", "2"],
      ["end", "2"],
    ]);
    expect(el.querySelector("[role=tree] > [role=none] > [role=treeitem] > [role=group]")).not.toBeNull();
    expect(el.querySelector(".cv-links")?.getAttribute("aria-hidden")).toBe("true");
    expect(items().map((found) => found.getAttribute("aria-description"))).toEqual([
      null,
      "next: agent",
      "next: tools (continue), end (end)",
      "next: agent",
      null,
    ]);
    items()[0]?.focus();
    for (const key of ["ArrowDown", "ArrowDown", "Enter"])
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await eventually(() => expect(item(/^agent, chat/).getAttribute("aria-selected")).toBe("true"));
  });

  it("tells conditional links and those that lead back", async () => {
    await show(agent());
    await drawn();
    expect(routes().map((route) => route.classList.contains("cv-if"))).toEqual([false, true, false, true]);
    expect(routes().map((route) => route.classList.contains("cv-back"))).toEqual([false, false, true, false]);
    expect([...el.querySelectorAll(".cv-link-label text")].map((text) => text.textContent)).toEqual([
      "continue",
      "end",
    ]);
  });

  it("draws what it is told as text, cut, the whole in a title", async () => {
    const long = `${HOSTILE} and so on`;
    const children = [node("node:__start__", "start"), node(`node:${HOSTILE}`, "lambda")];
    await show(agent("", { children, links: [link(0, 1, long), link(0, 9, "nowhere")] }));
    await drawn(1);
    expect(el.querySelector("img, script, foreignObject")).toBeNull();
    const label = el.querySelector(".cv-link-label");
    expect(label?.querySelector("title")?.textContent).toBe(long);
    expect(label?.querySelector("text")?.textContent).toBe(`${long.slice(0, 24)}…`);
    for (const element of el.querySelectorAll(".cv-links *"))
      expect(["g", "path", "rect", "text", "title"]).toContain(element.tagName.toLowerCase());
    expect(item(/img/).querySelector<HTMLElement>("[title]")?.title).toContain(HOSTILE);
  });

  it("holds sequences and graphs, each level by itself, and is laid out anew when one is folded", async () => {
    const draft = node("node:draft", "sequence", { children: [node("node:draft/seq:1", "prompt")] });
    const children = [node("node:__start__", "start"), agent("node:research", { name: "research" }), draft];
    await show(agent("", { children, links: [link(0, 1), link(0, 2)] }));
    await drawn(6);
    expect(el.querySelectorAll(".cv-laid")).toHaveLength(2);
    item(/^research/)
      .querySelector<HTMLElement>("[data-toggle]")
      ?.click();
    await drawn(2);
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(90);
    const before = placeOf(/^draft/).top;
    for (const callback of observed) callback();
    await eventually(() => expect(placeOf(/^draft/).top).toBeGreaterThan(before));
    item(/^research/)
      .querySelector<HTMLElement>("[data-toggle]")
      ?.click();
    await drawn(6);
  });

  it("is as wide as its pane, as long as it can be read", async () => {
    const pane = vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(2_000);
    await show(agent());
    await drawn();
    const box = el.querySelector<HTMLElement>(".cv-laid") as HTMLElement;
    const width = Number.parseFloat(box.style.width);
    const zoomIn = async (room: number) => {
      pane.mockReturnValue(room);
      for (const callback of observed) callback();
      await settled();
      return Number(box.style.zoom);
    };
    expect(await zoomIn(2_000)).toBe(1);
    expect((await zoomIn(width)) * width).toBeCloseTo(width - 40);
    expect(await zoomIn(100)).toBe(0.7);
  });

  it("shows what ran, how often, and below what it did not foresee", async () => {
    const run = (seq: number, id: string, path: string, name: string, parent: string | null = "r") => [
      {
        kind: "start",
        seq,
        t: seq,
        run: id,
        parent,
        path,
        type: "chain",
        name,
        tags: [],
        metadata: {},
        has_input: false,
      },
    ];
    const end = (seq: number, id: string) => ({ kind: "end", seq, t: seq, run: id, has_input: false, output: 1 });
    const events = [
      ...run(0, "r", "", "agent graph", null),
      ...run(1, "a", "node:agent", "agent"),
      end(2, "a"),
      ...run(3, "t", "node:tools", "tools"),
      end(4, "t"),
      ...run(5, "b", "node:agent", "agent"),
      end(6, "b"),
      ...run(7, "w", "node:hidden", "writer"),
      end(8, "w"),
      end(9, "r"),
    ];
    const batch = { from_seq: 0, to_seq: 10, events, graphs: [{ root: "r", graph: { root: agent() } }], closed: true };
    const { mountPage } = await import("../src/assets");
    const snapshot = { trace: "t", anchor: 0, now: 10, stoppable: false, batch } as unknown as Snapshot;
    unmount = mountPage(el, { snapshot, view: "graph" });
    await drawn();
    expect(item(/^agent, chat/).getAttribute("aria-label")).toContain("2 runs");
    expect(item(/^agent, chat/).textContent).toContain("×2");
    expect(item(/^start/).getAttribute("aria-label")).toBe("start");
    expect(item(/^writer/).parentElement?.className).toBe("cv-slot");
    expect(item(/^writer/).closest(".cv-places")).toBeNull();
  });
});

/** A worker that answers at once, or is forbidden. */
function workers(allowed: boolean) {
  const made: string[] = [];
  class FakeWorker {
    onmessage: ((event: { data: Placed }) => void) | null = null;
    onerror: (() => void) | null = null;
    constructor(url: string) {
      made.push(url);
    }
    postMessage(level: Level) {
      setTimeout(() => (allowed ? this.onmessage?.({ data: arrange(structuredClone(level)) }) : this.onerror?.()));
    }
  }
  vi.stubGlobal("Worker", FakeWorker);
  return made;
}

async function live(...graphs: Graph[]) {
  const { mount } = await import("../src/assets");
  const models = graphs.map((graph) => new FakeChannel({ graph, trace: "", view: "graph" }));
  const downs = models.map((model) => mount({ model, el: el.appendChild(document.createElement("div")) }));
  unmount = () => {
    for (const down of downs) down();
  };
  return models;
}

async function giveScript(model: FakeChannel | undefined): Promise<void> {
  const deflated = new Blob(["onmessage = …"]).stream().pipeThrough(new CompressionStream("deflate"));
  model?.answer({ value: { size: 15 } }, [await new Response(deflated).arrayBuffer()]);
}

describe("the layout's script", () => {
  it("is asked for once a page, of the view itself where there is no trace", async () => {
    const made = workers(true);
    const models = await live({ root: agent() }, { root: agent() });
    const asked = () => models.flatMap(({ sent }) => sent);
    await eventually(() => expect(asked()).toHaveLength(1));
    expect(asked()[0]).toMatchObject({ v: 1, type: "layout" });
    await giveScript(models.find(({ sent }) => sent.length > 0));
    await drawn(8);
    expect(made).toHaveLength(1);
    expect(asked()).toHaveLength(1);
  });

  it("is not asked for where no graph needs it", async () => {
    const [model] = await live({ root: node("", "sequence", { children: [node("seq:1", "prompt")] }) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(model?.sent).toEqual([]);
  });

  it("runs on the page where that may have no worker", async () => {
    const made = workers(false);
    const [model] = await live({ root: agent() });
    await eventually(() => expect(model?.sent).toHaveLength(1));
    await giveScript(model);
    await drawn();
    expect(made).toHaveLength(1);
  });

  it("leaves the column where the kernel refuses it", async () => {
    const [model] = await live({ root: agent() });
    await eventually(() => expect(model?.sent).toHaveLength(1));
    model?.answer({ ok: false, error: "not built" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(items()).toHaveLength(5);
    expect(el.querySelector(".cv-laid, [role=alert]")).toBeNull();
  });
});
