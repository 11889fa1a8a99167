import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mount } from "../src/assets";
import { page } from "../src/script";
import type { BuilderNode, BuilderRequest, BuilderState, PaletteEntry } from "../src/wire/types";
import { eventually, FakeChannel } from "./fakes";
import { builderTalk, snapshot } from "./golden";

function node(id: string, kind: BuilderNode["kind"], rest: Partial<BuilderNode> = {}): BuilderNode {
  return {
    ...{ id, kind, component: kind, label: id, variable: null, slot: null, slot_kind: "step" },
    ...{ params: {}, options: {}, summary: {}, form: null, input_type: "Any", output_type: "Any" },
    ...{ removable: true, empty: false, unknown: false, doc: null, children: [] },
    ...rest,
  };
}

const slot = (key: string, id: string, kind: BuilderNode["kind"], rest: Partial<BuilderNode> = {}) =>
  node(id, kind, { slot: key, slot_kind: "key", ...rest });

const FORM = {
  type: "object",
  properties: {
    template: { type: "string", format: "template" },
    temperature: { type: "number", minimum: 0, maximum: 2, default: 1 },
    size: { anyOf: [{ type: "integer" }, { type: "null" }] },
    mode: { enum: ["fast", "slow"] },
    api_key: { type: "string", format: "password" },
    stop: { type: "array", items: { type: "string" } },
    rest: { type: "object" },
  },
  required: ["template"],
};

function state(rest: Partial<BuilderState> = {}): BuilderState {
  const prompt = node("prompt", "prompt", { form: 0, params: { template: "Say {word}" }, output_type: "PromptValue" });
  const parallel = node("both", "parallel", {
    children: [slot("context", "docs", "retriever"), slot("question", "pass", "passthrough", { empty: true })],
  });
  return {
    ...{ v: 1, type: "builder", revision: 1, forms: [FORM], options_form: { type: "object" }, problems: [] },
    ...{ variables: [], templates: ["retrieval"], code: "prompt | model", input_schema: { type: "string" } },
    ...{ undo: "insert", redo: null, run: null, previews: {} },
    root: node("root", "sequence", { children: [parallel, prompt, node("model", "chat_model")] }),
    ...rest,
  };
}

let el: HTMLElement;
let feed: FakeChannel;
let control: FakeChannel;
/** The control of the trace of a run. */
let ofRun: FakeChannel;
let down = () => {};

beforeEach(() => {
  page.builder = import("../src/builder").then((script) => script.default);
  el = document.body.appendChild(document.createElement("div"));
  [feed, control, ofRun] = [new FakeChannel(), new FakeChannel(), new FakeChannel()];
});
afterEach(() => {
  down();
  el.remove();
});

const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
const painted = () => frame().then(frame);

async function open(shown = state()): Promise<void> {
  const channels: Record<string, FakeChannel> = { f: feed, c: control, rf: new FakeChannel(), rc: ofRun };
  const model = Object.assign(new FakeChannel({ view: "builder", trace: "", feed: "x:f", control: "x:c" }), {
    widget_manager: { get_model: async (id: string) => channels[id] as FakeChannel },
  });
  down = mount({ model, el });
  await eventually(() => expect(asked("builder")).toHaveLength(1));
  answer(shown);
  await painted();
}

const asked = (type: BuilderRequest["type"]) =>
  (control.sent as unknown as BuilderRequest[]).filter((request) => request.type === type);

function answer(value: unknown, type?: BuilderRequest["type"], rest: object = {}): void {
  const request = type ? asked(type).at(-1) : control.sent.at(-1);
  control.push({ v: 1, type: "reply", id: request?.id, ok: true, value, ...rest });
}

/** The kernel made the edit that it was asked for last. */
async function made(edited: object = {}, next?: BuilderState): Promise<void> {
  answer({ revision: next?.revision ?? 1, select: null, ...edited }, "edit");
  if (next) feed.push(next);
  await painted();
}

const lastEdit = () => (asked("edit").at(-1) as { op: object } | undefined)?.op;
const find = <E extends HTMLElement>(selector: string) => {
  const found = el.querySelector<E>(selector);
  if (!found) throw new Error(`no ${selector} in ${el.textContent}`);
  return found;
};
const tree = () => find("[role=tree][aria-label='Chain builder']");
const item = (id: string) => find(`[role=treeitem][data-key=${id}]`);
const button = (name: string) => find<HTMLButtonElement>(`button[aria-label='${name}']`);

async function press(target: HTMLElement, key: string, more: KeyboardEventInit = {}): Promise<void> {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  await painted();
}

async function click(target: HTMLElement): Promise<void> {
  target.click();
  await painted();
}

async function fill(input: HTMLInputElement, text: string): Promise<void> {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await painted();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await painted();
}

const field = (name: string) => {
  const label = [...el.querySelectorAll("label, legend")].find((one) => one.textContent?.startsWith(name));
  return label?.closest(".cv-field")?.querySelector("input, textarea, select") as HTMLInputElement;
};

describe("the kernel's own words", () => {
  it("are a tree of slots, a palette and errors next to their fields", async () => {
    const { replies, state: end } = builderTalk();
    await open(end);
    const known = [...tree().querySelectorAll("[role=treeitem]")].map((one) => one.getAttribute("aria-label"));
    expect(known).toContain("context: RunnablePassthrough, passthrough");
    expect(known).toContain("each attempt: LocalChatModel, chat model");
    await click(item("n6").querySelector(".cv-step-head") as HTMLElement);
    const palette = replies.find(({ value }) => value && "entries" in value)?.value;
    answer(palette, "palette");
    await painted();
    expect(el.querySelectorAll("[role=option]").length).toBeGreaterThan(10);
    await click(item("n4").querySelector(".cv-step-head") as HTMLElement);
    await fill(field("model"), "other");
    const wrong = replies.find(({ value }) => value && "fields" in value);
    answer(wrong?.value, "edit", { ok: false, error: wrong?.error });
    await painted();
    expect(field("tokens_per_second").closest(".cv-field")?.textContent).toContain("greater than 0");
  });
});

describe("the tree of slots", () => {
  it("draws the chain with its slots, as the graph does", async () => {
    await open();
    expect(tree().querySelectorAll("[role=treeitem]")).toHaveLength(6);
    expect(item("docs").getAttribute("aria-label")).toBe("context: docs, retriever");
    expect(item("pass").getAttribute("aria-description")).toBe("empty slot");
  });

  it("shows a mismatch on its edge, with what was expected and got, and applies a fix by a click", async () => {
    const problem = { node: "model", expected: "str", got: "dict", message: "model takes str" };
    await open(state({ problems: [{ ...problem, fixes: [{ id: "parser", label: "Insert a parser" }] }] }));
    expect(tree().textContent).toContain("expected str, got dict");
    expect(item("model").getAttribute("aria-description")).toBe("model takes str");
    await click(find("[data-fix=parser]"));
    expect(lastEdit()).toEqual({ op: "fix", node: "model", fix: "parser" });
  });

  it.each([
    ["d", { ctrlKey: true }, { op: "duplicate", node: "prompt" }],
    ["Delete", {}, { op: "delete", node: "prompt" }],
    ["ArrowUp", { altKey: true }, { op: "move", node: "prompt", to: { parent: "both", index: "before" } }],
    ["ArrowDown", { altKey: true }, { op: "move", node: "prompt", to: { parent: "model", index: "after" } }],
    ["z", { ctrlKey: true }, { op: "undo" }],
  ])("edits by the key %s", async (key, more, op) => {
    await open();
    item("prompt").focus();
    await press(item("prompt"), key, more);
    expect(lastEdit()).toEqual(op);
  });

  it("selects what an edit made once its state is there, and gives it the focus", async () => {
    await open();
    item("prompt").focus();
    await press(item("prompt"), "d", { ctrlKey: true });
    answer({ revision: 2, select: "copy" }, "edit");
    await painted();
    expect(document.activeElement).toBe(item("prompt"));
    const next = state({ revision: 2 });
    next.root.children.splice(2, 0, node("copy", "prompt"));
    feed.push(next);
    await painted();
    expect(document.activeElement).toBe(item("copy"));
    expect(item("copy").getAttribute("aria-selected")).toBe("true");
  });

  it("shows what came of an edit together with what it selects", async () => {
    await open();
    item("model").focus();
    await press(item("model"), "d", { ctrlKey: true });
    const next = state({ revision: 2 });
    next.root.children.push(node("copy", "chat_model"));
    feed.push(next);
    await painted();
    expect(el.querySelector("[data-key=copy]")).toBeNull();
    await made({ revision: 2, select: "copy" });
    expect(document.activeElement).toBe(item("copy"));
  });

  it("has keys wait for the edit that is under way, and go where the focus is after it", async () => {
    await open();
    item("prompt").focus();
    await press(item("prompt"), "d", { ctrlKey: true });
    await press(item("prompt"), "ArrowDown");
    await press(item("prompt"), "ArrowDown", { repeat: true });
    await press(item("prompt"), "Delete");
    await press(item("prompt"), "Delete");
    expect(asked("edit")).toHaveLength(1);
    const next = state({ revision: 2 });
    next.root.children.splice(2, 0, node("copy", "prompt"));
    await made({ select: "copy" }, next);
    expect(lastEdit()).toEqual({ op: "delete", node: "model" });
    const last = state({ revision: 3 });
    last.root.children.pop();
    await made({ select: "prompt" }, last);
    expect(lastEdit()).toEqual({ op: "delete", node: "prompt" });
  });

  it("makes the next change of a form of what the last one made", async () => {
    await open();
    await click(item("prompt").querySelector(".cv-step-head") as HTMLElement);
    await fill(field("temperature"), "0.5");
    await fill(field("size"), "3");
    expect(asked("edit")).toHaveLength(1);
    const next = state({ revision: 2 });
    Object.assign(next.root.children[1] as BuilderNode, { params: { template: "", temperature: 0.5 } });
    await made({}, next);
    expect(lastEdit()).toMatchObject({ params: { temperature: 0.5, size: 3 } });
  });

  it("keeps the focus in the tree when what had it is gone", async () => {
    await open();
    item("model").focus();
    await press(item("model"), "Delete");
    const next = state({ revision: 2 });
    next.root.children.pop();
    feed.push(next);
    answer({ revision: 2, select: "prompt" }, "edit");
    await painted();
    expect(document.activeElement).toBe(item("prompt"));
  });

  it("wraps by a menu that arrows walk and Escape leaves", async () => {
    await open();
    item("model").focus();
    await press(item("model"), "w");
    const menu = () => el.querySelector("[role=menu]");
    expect(document.activeElement?.textContent).toBe("parallel");
    await press(document.activeElement as HTMLElement, "Escape");
    expect(menu()).toBeNull();
    expect(document.activeElement).toBe(item("model"));
    await press(item("model"), "w");
    await press(document.activeElement as HTMLElement, "ArrowUp");
    await click(document.activeElement as HTMLElement);
    expect(lastEdit()).toEqual({ op: "wrap", node: "model", into: "history" });
  });

  it("opens the menu of a step that was not selected, while another has the focus", async () => {
    await open();
    item("model").focus();
    await painted();
    const head = item("prompt").querySelector(".cv-step-head") as HTMLElement;
    head.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
    await painted();
    expect(find("[role=menu]").contains(document.activeElement)).toBe(true);
    const wrap = [...el.querySelectorAll<HTMLElement>("[role=menuitem]")].find((one) =>
      one.textContent?.startsWith("Wrap"),
    );
    await click(wrap as HTMLElement);
    expect(document.activeElement?.textContent).toBe("parallel");
  });

  it("asks which child is kept where there are several", async () => {
    await open();
    item("both").focus();
    await press(item("both"), "u");
    const names = [...el.querySelectorAll("[role=menuitem]")].map(({ textContent }) => textContent);
    expect(names).toEqual(["context: docs", "question: pass"]);
    await click(el.querySelectorAll<HTMLElement>("[role=menuitem]")[1] as HTMLElement);
    expect(lastEdit()).toEqual({ op: "unwrap", node: "both", keep: "pass" });
  });

  it("lights up the steps of a run by their paths in it, wherever they stand now", async () => {
    await open();
    const nodes = { "seq:1/map:context": "docs", "seq:3": "model" };
    feed.push(state({ revision: 2, run: { trace: "t", feed: "x:rf", control: "x:rc", running: false, nodes } }));
    await eventually(() => expect(ofRun.sent.length).toBeGreaterThan(0));
    ofRun.answerSync(snapshot());
    await eventually(() => expect(item("model").getAttribute("aria-label")).toMatch(/^model, chat model, done/));
    expect(item("model").textContent).toContain("Harrison worked at Kensho");
    expect(item("docs").getAttribute("aria-label")).toMatch(/^context: docs, retriever, done/);
    expect(item("prompt").getAttribute("aria-label")).toBe("prompt, prompt");
    expect(find("[role=status][aria-label='Run status']").textContent).toContain("done");
    await eventually(() => expect(find(".cv-pane-run").textContent).toContain("OutputHarrison worked at Kensho."));
  });

  it("shows the last output of a step in its card", async () => {
    await open(state({ previews: { prompt: "hello there" } }));
    expect(item("prompt").textContent).toContain("hello there");
    feed.push({ v: 1, type: "previews", previews: { model: { $type: "message", class: "AIMessage", content: "hi" } } });
    await painted();
    expect(item("model").textContent).toContain("hi");
  });

  it("says what stands in the way of an edit", async () => {
    await open();
    item("model").focus();
    await press(item("model"), "Delete");
    answer(null, "edit", { ok: false, error: "This step is gone." });
    await painted();
    expect(find("[role=alert]").textContent).toBe("This step is gone.");
  });
});

describe("the palette", () => {
  const entry = (component: string, rest: Partial<PaletteEntry> = {}): PaletteEntry => ({
    ...{
      component,
      label: component,
      kind: "parser",
      group: "Parsers",
      doc: null,
      fits: true,
      why: null,
      wraps: false,
    },
    ...rest,
  });
  const ENTRIES = [
    entry("StrOutputParser"),
    entry("Model", { group: "Yours", fits: false, why: "takes a prompt, gets str" }),
  ];

  async function openPalette() {
    await open();
    item("model").focus();
    await press(item("model"), "i");
    answer({ entries: ENTRIES }, "palette");
    await painted();
  }
  const options = () => [...el.querySelectorAll<HTMLElement>("[role=listbox][aria-label=Components] [role=option]")];

  it("stands beside the tree for what comes after a step, and says why something does not fit", async () => {
    await openPalette();
    expect(asked("palette").at(-1)).toMatchObject({ at: { parent: "model", index: "after" } });
    expect(options().map(({ textContent }) => textContent)).toEqual([
      "StrOutputParserparser",
      "Modelyours✗ takes a prompt, gets str",
    ]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Search components");
  });

  it("is searched, and puts what Enter chooses", async () => {
    await openPalette();
    const search = document.activeElement as HTMLInputElement;
    await fill(search, "str");
    expect(options()).toHaveLength(1);
    await press(search, "Enter");
    expect(lastEdit()).toEqual({ op: "insert", at: { parent: "model", index: "after" }, component: "StrOutputParser" });
    expect(document.activeElement).toBe(item("model"));
  });

  it("has what the arrows go to in sight, in a shadow root too", async () => {
    const around = el;
    const shadow = around.attachShadow({ mode: "open" });
    el = shadow.appendChild(document.createElement("div"));
    await openPalette();
    const seen: string[] = [];
    vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
      seen.push(this.textContent ?? "");
    });
    await press(find("input[type=search]"), "ArrowDown");
    expect(seen).toEqual([expect.stringMatching(/^Model/)]);
    vi.restoreAllMocks();
    around.remove();
  });

  it("is open for an empty slot, which it fills", async () => {
    await open();
    await click(item("pass").querySelector(".cv-step-head") as HTMLElement);
    expect(asked("palette").at(-1)).toMatchObject({ at: { parent: "pass", index: 0 } });
  });

  it("is asked for anew where another slot is to be filled", async () => {
    const slots = ["a", "b"].map((id) => slot(id, id, "passthrough", { empty: true }));
    await open(
      state({ root: node("root", "sequence", { children: [node("both", "parallel", { children: slots })] }) }),
    );
    for (const id of ["a", "b"]) {
      await click(item(id).querySelector(".cv-step-head") as HTMLElement);
      expect(asked("palette").at(-1)).toMatchObject({ at: { parent: id, index: 0 } });
    }
  });

  it("takes a drag to an edge and to an empty slot", async () => {
    await openPalette();
    const drag = (type: string, target: HTMLElement) => target.dispatchEvent(new Event(type, { bubbles: true }));
    drag("dragstart", options()[0] as HTMLElement);
    drag("drop", find("[data-edge=before][data-node=model]"));
    await painted();
    expect(lastEdit()).toEqual({
      op: "insert",
      at: { parent: "model", index: "before" },
      component: "StrOutputParser",
    });
    await made();
    drag("dragstart", item("docs").querySelector(".cv-step-head") as HTMLElement);
    drag("drop", item("pass"));
    await painted();
    expect(lastEdit()).toEqual({ op: "move", node: "docs", to: { parent: "pass", index: 0 } });
  });

  it("lets no step fall into itself", async () => {
    await open();
    const drag = (type: string, target: HTMLElement) => target.dispatchEvent(new Event(type, { bubbles: true }));
    drag("dragstart", item("both").querySelector(".cv-step-head") as HTMLElement);
    drag("drop", item("docs"));
    await painted();
    expect(lastEdit()).toBeUndefined();
  });
});

describe("the form of a step", () => {
  const openForm = async (params = state().root.children[1]?.params ?? {}) => {
    const shown = state();
    Object.assign(shown.root.children[1] as BuilderNode, { params });
    await open(shown);
    await click(item("prompt").querySelector(".cv-step-head") as HTMLElement);
  };

  it("has the focus before the next key is typed, also where the palette stood", async () => {
    await openForm();
    await press(item("prompt"), "i");
    expect(document.activeElement).toBe(find("[type=search]"));
    item("prompt").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await null;
    expect(document.activeElement).toBe(field("template"));
    const typed = field("template");
    typed.value = "Say it";
    typed.dispatchEvent(new Event("input", { bubbles: true }));
    await painted();
    expect(field("template").value).toBe("Say it");
  });

  it("has a field for each type, and sends all parameters when one changes", async () => {
    await openForm();
    await fill(field("temperature"), "0.5");
    expect(lastEdit()).toEqual({ op: "set", node: "prompt", params: { template: "Say {word}", temperature: 0.5 } });
    await made();
    await fill(field("size"), "3");
    expect(lastEdit()).toMatchObject({ params: { size: 3 } });
    await made();
    const mode = field("mode") as unknown as HTMLSelectElement;
    mode.value = '"slow"';
    mode.dispatchEvent(new Event("change", { bubbles: true }));
    await painted();
    expect(lastEdit()).toMatchObject({ params: { mode: "slow" } });
    await made();
    await click(button("Add"));
    expect(lastEdit()).toMatchObject({ params: { stop: [""] } });
  });

  it.each([
    ["temperature", "3", "expected float ≥ 0 ≤ 2, got 3"],
    ["size", "1.5", /^expected int . None, got 1.5$/],
    ["rest", "{", /^expected JSON, got /],
  ])("says next to %s what is wrong with %j", async (name, text, sentence) => {
    await openForm();
    await fill(field(name), text);
    expect(field(name).getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field(name).getAttribute("aria-describedby") ?? "")?.textContent).toMatch(sentence);
    expect(lastEdit()).toBeUndefined();
  });

  it("shows next to its field what the kernel refuses", async () => {
    await openForm();
    await fill(field("temperature"), "0.5");
    const fields = [{ path: ["temperature"], message: "This model takes none." }];
    answer({ fields }, "edit", { ok: false, error: "no" });
    await painted();
    expect(field("temperature").closest(".cv-field")?.textContent).toContain("This model takes none.");
    expect(el.querySelector("[role=alert]")).toBeNull();
  });

  it("marks the variables of a template and no doubled braces", async () => {
    await openForm({ template: "{{no}} {word}!" });
    expect([...el.querySelectorAll("mark")].map(({ textContent }) => textContent)).toEqual(["{word}"]);
  });

  it("never has a secret, and keeps it unless another is typed", async () => {
    const kept = { $type: "kept", name: "", class: "SecretStr", secret: true };
    await openForm({ template: "", api_key: kept });
    expect(field("api_key").type).toBe("password");
    expect(field("api_key").value).toBe("");
    await fill(field("temperature"), "0.5");
    expect(lastEdit()).toMatchObject({ params: { api_key: kept } });
    await made();
    await fill(field("api_key"), "abc");
    expect(lastEdit()).toMatchObject({ params: { api_key: "abc" } });
  });

  it("renames a key", async () => {
    await open();
    await click(item("docs").querySelector(".cv-step-head") as HTMLElement);
    await press(item("docs"), "F2");
    const key = document.activeElement as HTMLInputElement;
    expect(key.value).toBe("context");
    await fill(key, "sources");
    expect(lastEdit()).toEqual({ op: "rename", node: "docs", key: "sources" });
  });
});

describe("running and code", () => {
  it("runs with what the input form says, and stops", async () => {
    await open();
    await fill(field("Input"), "where?");
    await click(button("Run"));
    expect(asked("run").at(-1)).toMatchObject({ input: "where?" });
    feed.push(state({ revision: 2, run: { trace: "t", feed: "x:rf", control: "x:rc", running: true, nodes: {} } }));
    await painted();
    await click(button("Stop"));
    expect(asked("stop")).toHaveLength(1);
  });

  it("shows the code, and reads other code", async () => {
    await open();
    expect(find("[aria-label=Python]").textContent).toBe("prompt | model");
    await click(button("Read Python"));
    await fill(find<HTMLInputElement>("textarea[aria-label='Paste a chain in Python']"), "a | b");
    await click(button("Load"));
    expect(lastEdit()).toEqual({ op: "load_code", code: "a | b" });
  });

  it("copies the code where there is no notebook around that has a next cell", async () => {
    await open();
    await click(button("Put into the next cell"));
    expect(find("[role=alert]").textContent).toBe("Copied");
  });

  it("begins an empty chain with a template", async () => {
    await open(state({ root: node("root", "sequence", { children: [node("e", "passthrough", { empty: true })] }) }));
    expect(asked("palette").at(-1)).toMatchObject({ at: { parent: "e", index: 0 } });
    await click([...el.querySelectorAll<HTMLElement>(".cv-chip")].at(-1) as HTMLElement);
    expect(lastEdit()).toEqual({ op: "load_template", name: "retrieval" });
  });
});
