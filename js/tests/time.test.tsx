// The time cursor on the page: the slider, the patch list, and what the log shows.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hidden, maximised } from "../src/views/layout";
import { sifted, sifter } from "../src/views/state/sift";
import type { Snapshot } from "../src/wire/types";
import { eventually, settled } from "./fakes";
import { snapshot } from "./golden";
import { Story, show } from "./story";

let el: HTMLElement;
let page: Awaited<ReturnType<typeof show>>;

beforeEach(() => {
  localStorage.clear();
  hidden.value = [];
  maximised.value = null;
  el = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  page.down();
  el.remove();
});

async function open(what: Snapshot = snapshot(), view?: string) {
  page = await show(el, { snapshot: what, ...(view ? { view } : {}) });
}

const slider = () => el.querySelector("input[type=range]") as HTMLInputElement;
const status = () => page.one("status", /Run status/).textContent;
const events = () => Number(slider().value);
const button = (name: RegExp) => page.one("button", name);
const isDisabled = (name: RegExp) => button(name).getAttribute("aria-disabled") === "true";
const stateText = () => page.one("tree", /^Run state$/).textContent ?? "";
const foot = () => el.querySelector(".cv-pane-foot")?.textContent ?? "";

describe("the slider", () => {
  it("goes by 5 %, to the beginning and back to now", async () => {
    hidden.value = ["graph", "tokens", "timeline", "details"];
    await open();
    expect(slider().getAttribute("aria-label")).toBe("Time");
    expect([events(), status()]).toEqual([47, "done"]);
    await page.type(slider(), "46");
    expect([events(), status()]).toEqual([46, "running"]);
    await page.press(slider(), "PageDown");
    expect(events()).toBe(43);
    await page.press(slider(), "PageUp");
    await page.press(slider(), "PageUp");
    expect([events(), status()]).toEqual([47, "done"]);
    await page.type(slider(), "0");
    expect(status()).toBe("waiting");
    expect(el.textContent).toContain("No state yet");
    await page.type(slider(), "1");
    expect(events()).toBe(1);
    await page.type(slider(), "47");
    expect([events(), isDisabled(/^Now$/)]).toEqual([47, true]);
  });

  it("takes every view to the moment it is dragged to, and says which", async () => {
    await open();
    const all = slider().getAttribute("aria-valuetext");
    await page.type(slider(), "24");
    expect(page.one("grid", /^Events$/).getAttribute("aria-rowcount")).toBe("25");
    expect(slider().getAttribute("aria-valuetext")).not.toBe(all);
    expect(el.querySelector(".cv-still .cv-time")?.textContent).toContain(slider().getAttribute("aria-valuetext"));
    expect(el.querySelector(".cv-lane .cv-text")?.textContent).not.toBe("Harrison worked at Kensho.");
    expect(page.all("treeitem", /^RunnableSequence, .*streaming|^RunnableSequence, .*running/).length).toBeGreaterThan(
      0,
    );
    await page.click(button(/^Now$/));
    expect([events(), slider().getAttribute("aria-valuetext")]).toEqual([47, all]);
    expect(el.querySelector(".cv-still .cv-time")).toBeNull();
  });

  it("replays and pauses", async () => {
    const texts = Array.from({ length: 200 }, () => "x");
    const aMinute = 60e6 / texts.length;
    await open(new Story().start("r", null, "", "root", "llm").say("r", texts, aMinute).snapshot());
    await page.click(button(/^Replay ×1$/));
    await eventually(() => expect(events()).toBeLessThan(201));
    expect(button(/^Replay ×1$/).getAttribute("aria-pressed")).toBe("true");
    await page.click(button(/^Replay ×1$/));
    const at = events();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([events(), button(/^Replay ×1$/).getAttribute("aria-pressed")]).toEqual([at, "false"]);
  });

  it("stands where there are events, in views alone too", async () => {
    await open({ ...snapshot(), batch: { from_seq: 0, to_seq: 0, closed: true } });
    expect(slider()).toBeNull();
    page.down();
    await open(snapshot(), "tokens");
    await page.type(slider(), "0");
    expect(el.textContent).toContain("No model has run yet");
  });
});

describe("the patch list", () => {
  const marked = () => Number(el.querySelector("[role=option][aria-selected=true]")?.getAttribute("aria-posinset"));
  const at = () => Number(/(\d+) of/.exec(foot())?.[1]);

  beforeEach(async () => {
    await open(snapshot(), "state");
    await page.click(button(/^Patches$/));
  });

  it("marks the current patch, steps, and goes to the one that is clicked", async () => {
    const list = page.one("listbox", /^Patches$/);
    const count = Number(page.all("option", /./)[0]?.getAttribute("aria-setsize"));
    expect(at()).toBe(count);
    await page.click(button(/^Previous patch$/));
    await page.press(list, "ArrowUp");
    expect(at()).toBe(count - 2);
    await page.click(button(/^Next patch$/));
    expect(at()).toBe(count - 1);
    await page.press(list, "Home");
    expect([marked(), isDisabled(/^Previous patch$/)]).toEqual([1, true]);
    await page.click(page.all("option", /./)[2] as HTMLElement);
    expect([marked(), events()]).toEqual([3, 3]);
    expect(stateText()).toContain("Docs");
    await page.press(list, "End");
    expect(isDisabled(/^Next patch$/)).toBe(true);
  });

  it("shows the patch as JSON, an append as the whole", async () => {
    const json = () => JSON.parse(el.querySelector(".cv-patch .cv-text")?.textContent ?? "") as { op: string }[];
    const list = page.one("listbox", /^Patches$/);
    await page.press(list, "Home");
    expect(json()).toMatchObject([{ op: "replace", path: "", value: { logs: {}, name: "RunnableSequence" } }]);
    const seen = new Set<string>();
    for (const item of page.all("option", /./)) {
      await page.click(item);
      for (const { op } of json()) seen.add(op);
    }
    expect([...seen].sort()).toEqual(["add", "replace"]);
  });
});

describe("the root run whose state is shown", () => {
  it("is the one that was chosen last, here or in another view", async () => {
    const story = new Story().start("a", null, "", "first").say("a", ["x"]).end("a").start("b", null, "", "second");
    await open(story.say("b", ["y"]).end("b").snapshot());
    const select = () => el.querySelector("select[aria-label='Root run']") as HTMLSelectElement;
    const shown = () => select().selectedOptions[0]?.text;
    expect(shown()).toBe("2 second");
    select().focus();
    await settled();
    select().value = "a";
    select().dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
    expect(shown()).toBe("1 first");
    expect(page.details().textContent).toContain("first");
    await page.click(page.one("treeitem", /^second/));
    expect(shown()).toBe("2 second");
  });
});

describe("what the log shows", () => {
  const entries = {
    a: { name: "Docs", type: "retriever", tags: ["x"] },
    b: { name: "my_llm", type: "llm", tags: ["x", "y"] },
    c: { name: "parse", type: "parser", tags: [] },
  };
  const shown = (sift: Parameters<typeof sifter>[0]) =>
    Object.keys((sifted({ id: 1, logs: entries }, sifter(sift)) as { logs: object }).logs).join("");

  it("is the union of the includes without the excludes", async () => {
    await open(snapshot(), "state");
    expect(shown({})).toBe("abc");
    expect(shown({ "name:Docs": "+", "type:parser": "+" })).toBe("ac");
    expect(shown({ "tag:x": "+", "tag:y": "−" })).toBe("a");
    expect(shown({ "type:llm": "−" })).toBe("ac");
    expect(sifted("text", () => false)).toBe("text");
  });

  it("is chosen by chips that include, exclude and let go", async () => {
    await open(snapshot(), "state");
    const all = stateText();
    await page.click(button(/^Choose sub-runs$/));
    await page.click(button(/^ *type:retriever$/));
    expect(stateText()).toContain("Docs");
    expect(stateText()).not.toContain("my_llm");
    await page.click(button(/^\+ type:retriever$/));
    expect(stateText()).not.toContain("Docs");
    expect(stateText()).toContain("my_llm");
    await page.click(button(/^− type:retriever$/));
    expect(stateText()).toBe(all);
  });
});

describe("the header", () => {
  it("tells what was dropped, and selects the run that failed first", async () => {
    const story = new Story().start("r", null, "", "root").start("a", "r", "a", "first").fail("a").fail("r");
    const whole = story.snapshot();
    whole.batch.dropped = 3;
    await open(whole);
    expect(el.textContent).toContain("3 events dropped");
    expect(el.querySelector(".cv-matches")?.textContent).toMatch(/ events, 3 events dropped$/);
    await page.click(page.all("button", /error/)[0] as HTMLElement);
    expect(page.details().textContent).toContain("a failed");
  });

  it("has nothing to select where nothing failed", async () => {
    await open();
    expect(page.all("button", /^0 errors$/)).toHaveLength(0);
  });
});

describe("a trace without its first state", () => {
  it("shows its chunks' patches without a state to apply them to", async () => {
    await open(new Story().start("r", null, "", "root").start("m", "r", "m", "llm", "llm").say("m", ["a"]).snapshot());
    expect(el.textContent).not.toContain("This view stopped on an error");
    expect(foot()).toContain("operations refused");
  });
});
