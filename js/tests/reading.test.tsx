import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Run } from "../src/store/runs";
import { Store } from "../src/store/store";
import { wrapped } from "../src/ui/text";
import { StoreContext } from "../src/views/context";
import { RunDetail } from "../src/views/detail/run-detail";
import { hidden, maximised } from "../src/views/layout";
import type { Value } from "../src/wire/types";
import { eventually, settled } from "./fakes";
import { node, Story, show } from "./story";

let el: HTMLElement;
let page: Awaited<ReturnType<typeof show>>;

beforeEach(() => {
  localStorage.clear();
  hidden.value = [];
  maximised.value = null;
  el = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  page?.down();
  el.remove();
});

const open = async (story: Story) => {
  page = await show(el, { snapshot: story.snapshot() });
};

const one = { ...node("each/seq:1", "lambda", "RunnableLambda"), source: 'lambda x: x["topic"]' };
const retry = node("each/seq:2", "retry", "flaky", [node("each/seq:2/retry", "lambda", "flaky")]);
const mapped = () =>
  new Story({
    root: node("", "each", "RunnableEach", [node("each", "sequence", "RunnableSequence", [one, retry])]),
  });

const SECOND = { tags: ["retry:attempt:2"] };

/** Three items, each through a lambda and a step that fails once. */
function retried(): Story {
  const story = mapped().start("root", null, "", "RunnableEach");
  for (const item of ["a", "b", "c"]) {
    story.start(`seq-${item}`, "root", "each", "RunnableSequence");
    story.start(`one-${item}`, `seq-${item}`, "each/seq:1", "RunnableLambda").end(`one-${item}`);
    story.start(`two-${item}`, `seq-${item}`, "each/seq:2", "flaky");
    story.start(`try-${item}`, `two-${item}`, "each/seq:2/retry", "flaky").fail(`try-${item}`);
    story.start(`again-${item}`, `two-${item}`, "each/seq:2/retry", "flaky", "chain", SECOND).end(`again-${item}`);
    story.end(`two-${item}`).end(`seq-${item}`);
  }
  return story.end("root");
}

describe("the runs of a step", () => {
  it("are counted, attempts too, and the last attempts tell the status", async () => {
    await open(retried());
    expect(page.all("treeitem", /^up to|^flaky, function, done, 6 runs/, page.graph())).toHaveLength(1);
    expect(page.all("treeitem", /^flaky, retry, done, 3 runs/, page.graph())).toHaveLength(1);
  });

  it("are of a node that its graph tries again as much as of a retry, with what is inside of it", async () => {
    const inside = [node("node:ask/seq:1", "llm", "model")];
    const graph = node("", "graph", "app", [node("node:ask", "sequence", "ask", inside)]);
    const story = new Story({ root: graph }).start("root", null, "", "app");
    const ask = (run: string, more = {}) => {
      story.start(run, "root", "node:ask", "ask", "chain", more);
      return story.start(`in-${run}`, run, "node:ask/seq:1", "model", "llm");
    };
    // Of two tasks at once the first is tried again while the other goes on; a third is not tried again.
    ask("one");
    ask("two").fail("in-one").fail("one");
    ask("one again", SECOND).end("in-one again").end("one again").fail("in-two").fail("two");
    ask("two again", SECOND).end("in-two again").end("two again");
    ask("three").fail("in-three").fail("three").fail("root");
    await open(story);
    const slider = el.querySelector("input[type=range]") as HTMLInputElement;
    const at = async (seq: number) => {
      await page.type(slider, `${seq}`);
      return ["ask", "model"].map((name) => {
        const label = page.one("treeitem", new RegExp(`^${name}, `), page.graph()).getAttribute("aria-label");
        return label?.split(", ").slice(2, 4).join(" ");
      });
    };
    expect(await at(7)).toEqual(["running 2 runs", "running 2 runs"]);
    expect(await at(8)).toEqual(["running 3 runs", "running 2 runs"]);
    expect(await at(13)).toEqual(["failed 3 runs", "failed 3 runs"]);
    expect(await at(15)).toEqual(["running 4 runs", "running 4 runs"]);
    expect(await at(17)).toEqual(["done 4 runs", "done 4 runs"]);
    expect(await at(21)).toEqual(["failed 5 runs", "failed 5 runs"]);
  });

  it("wait at the step where a graph has stopped, with its checkpoint, until a run of the same thread takes it up", async () => {
    const graph = node("", "graph", "app", [node("node:ask", "lambda", "ask")]);
    const story = new Story({ root: graph });
    const asked = (id: string) => {
      story.start(id, null, "", "app", "chain", { metadata: { thread_id: "t" } });
      return story.start(`ask-${id}`, id, "node:ask", "ask", "chain", { metadata: { checkpoint_id: `kept-${id}` } });
    };
    asked("a").stop("ask-a", "waiting for an answer: how many?").stop("a", "waiting for an answer before ask");
    asked("b").end("ask-b").end("b");
    await open(story);
    const slider = el.querySelector("input[type=range]") as HTMLInputElement;
    const status = () => page.one("status", /Run status/).textContent;
    const statusAt = async (seq: number) => {
      await page.type(slider, `${seq}`);
      return page
        .one("treeitem", /^ask, /, page.graph())
        .getAttribute("aria-label")
        ?.split(", ")[2];
    };
    expect(await statusAt(4)).toBe("waiting");
    await page.click(page.one("treeitem", /^ask, /, page.graph()));
    expect(page.details().textContent).toContain("checkpointkept-a");
    expect([await statusAt(6), await statusAt(8), status()]).toEqual(["running", "done", "done"]);
  });

  it("are paged by the card, by keys and in the details, and the selection follows", async () => {
    await open(retried());
    const card = () => page.one("treeitem", /^flaky, function/, page.graph());
    await page.click(card());
    expect(card().getAttribute("aria-label")).toContain("run 6 of 6");
    await page.press(card(), "ArrowLeft", { shiftKey: true });
    expect(page.details().textContent).toContain("try-c failed");
    await page.click(card().querySelector("[data-page='-1']") as HTMLElement);
    expect(page.details().textContent).toContain("output of again-b");
    await page.click(page.one("button", /^Next run$/));
    expect(card().getAttribute("aria-label")).toContain("run 5 of 6");
    for (let press = 0; press < 9; press++) await page.press(card(), "ArrowRight", { shiftKey: true });
    expect(card().getAttribute("aria-label")).toContain("run 6 of 6");
  });

  it("stay with one item when another step is chosen", async () => {
    await open(retried());
    await page.click(page.one("treeitem", /^flaky, retry/, page.graph()));
    await page.click(page.one("button", /^Previous run$/));
    await page.click(page.one("treeitem", /^lambda x/, page.graph()));
    expect(page.details().textContent).toContain("output of one-b");
  });
});

describe("the graph", () => {
  it("calls a lambda by its source", async () => {
    await open(retried());
    expect(page.all("treeitem", /^lambda x: x\["topic"\], function, done/)).toHaveLength(1);
  });

  it("finds what is folded away, one after the other", async () => {
    await open(retried());
    await page.click(page.one("button", /^Collapse all$/));
    const box = el.querySelector("[aria-label='Find step']") as HTMLElement;
    await page.type(box, "flaky");
    expect(page.all("treeitem", /^flaky/, page.graph())).toHaveLength(0);
    await page.press(box, "Enter");
    expect(page.one("treeitem", /^flaky, retry/, page.graph()).getAttribute("aria-selected")).toBe("true");
    await page.press(box, "Enter");
    expect(page.one("treeitem", /^flaky, function/, page.graph()).getAttribute("aria-selected")).toBe("true");
    await page.press(box, "Enter");
    expect(page.one("treeitem", /^flaky, retry/, page.graph()).getAttribute("aria-selected")).toBe("true");
  });

  it("copies what the kernel wrote, and says so", async () => {
    const story = new Story({ root: node("", "lambda", "f"), exports: { python: "RunnableLambda(f)", svg: "<svg/>" } });
    await open(story.start("r", null, "", "f").end("r"));
    const writeText = vi.fn(async () => {});
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    await page.click(page.one("button", /^Copy as$/));
    await page.click(page.one("menuitem", /^SVG$/));
    expect(writeText).toHaveBeenCalledWith("<svg/>");
    await eventually(() => expect(page.one("button", /^Copy as$/).title).toBe("Copied"));
  });
});

describe("many lanes", () => {
  it("are virtual, numbered, and reached by the selection", async () => {
    const story = new Story().start("root", null, "", "batch");
    for (let lane = 0; lane < 60; lane++)
      story.start(`m${lane}`, "root", `x:${lane}`, "model", "chat_model").say(`m${lane}`, ["a", "b"]).end(`m${lane}`);
    page = await show(el, { snapshot: story.end("root").snapshot(), view: "tokens" });
    const lanes = page.all("group", /^model, done/);
    expect(lanes.length).toBeGreaterThan(3);
    expect(lanes.length).toBeLessThan(15);
    expect(lanes.at(-1)?.getAttribute("aria-label")).toBe("model, done, 60 of 60");
    expect(lanes.at(-1)?.querySelector(".cv-text")?.textContent).toBe("ab");
  });
});

describe("a lane", () => {
  it("says where the beginning of its text was dropped", async () => {
    const story = new Story().start("m", null, "", "model", "chat_model").drop(3).say("m", ["b", "c"]).end("m");
    await open(story.start("n", null, "", "model", "chat_model").say("n", ["d"]).end("n"));
    expect([...el.querySelectorAll(".cv-lane .cv-text")].map((text) => text.textContent)).toEqual(["…bc", "d"]);
  });
});

describe("a value", () => {
  const shown = async (output: Value) => {
    await open(new Story().start("r", null, "", "model", "chat_model").end("r", output));
    await page.click(page.one("treeitem", /^model, chat model/));
    return page.details();
  };

  it("opens a long text inside to all its lines", async () => {
    const long = `${"word ".repeat(40)}\nthe end`;
    const details = await shown({ short: "x", long });
    const tree = page.one("tree", /^Output$/, details);
    expect(page.all("treeitem", /^short/, tree)[0]?.hasAttribute("aria-expanded")).toBe(false);
    await page.press(tree, "End");
    await page.press(tree, "ArrowRight");
    const pieces = [...tree.querySelectorAll(".cv-piece")].map((piece) => piece.textContent);
    expect(pieces.length).toBeGreaterThan(4);
    expect(pieces.join("")).toBe(long.replace("\n", ""));
    await page.press(tree, "ArrowLeft");
    expect(tree.querySelectorAll(".cv-piece")).toHaveLength(0);
  });

  it("is copied, or its path", async () => {
    const copied: string[] = [];
    const writeText = async (text: string) => void copied.push(text);
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    const details = await shown({ "a/b": [{ c: 1 }] });
    const tree = page.one("tree", /^Output$/, details);
    await page.press(tree, "ArrowDown");
    await page.click(page.one("button", /^Copy value$/, tree));
    await page.click(page.one("button", /^Copy path$/, tree));
    expect(copied).toEqual(['{\n  "c": 1\n}', "/a~1b/0"]);
  });

  it("shows a message with its tool calls and usage", async () => {
    const call = { name: "search", args: { query: "weather", k: 2 }, id: "1", type: "tool_call" };
    const usage = { input_tokens: 12, output_tokens: 3, total_tokens: 15 };
    const message = { $type: "message", class: "AIMessage", role: "ai", content: "", tool_calls: [call] };
    const details = await shown({ ...message, usage_metadata: usage });
    expect(details.textContent).toContain('search(query="weather", k=2)');
    expect(details.textContent).toContain("12 tokens in, 3 out, 15 in all");
    expect(details.textContent).not.toContain("empty text");
    expect(el.querySelector(".cv-lane")?.textContent).toContain('search(query="weather", k=2)');
  });

  it("says of a run's timings only what there is", async () => {
    await open(new Story().start("r", null, "", "f").end("r"));
    await page.click(page.one("treeitem", /^f, chain/));
    const timings = [...page.details().querySelectorAll("dl > *")].map((fact) => fact.firstChild?.textContent);
    expect(timings).toEqual(["took", "started", "ended", "run id"]);
    expect(page.details().querySelector("dl")?.childNodes).toHaveLength(timings.length);
  });

  it("shows an error by the end of its traceback", async () => {
    await open(new Story().start("r", null, "", "f").fail("r", `${"frame\n".repeat(500)}ValueError: r failed`));
    await page.click(page.one("treeitem", /^f, chain/));
    expect(page.details().querySelector(".cv-code")?.textContent).toMatch(/^….*ValueError: r failed$/s);
  });
});

describe("the rest of a value that was cut", () => {
  const cut = (head: string): Value => ({ $type: "cut", of: "str", length: 99, head });

  it("is shown with its own run alone, however late it comes", async () => {
    const store = new Store();
    const story = new Story().start("a", null, "", "a").end("a", cut("one"));
    store.apply(story.start("b", null, "", "b").end("b", cut("two")).snapshot().batch);
    let arrive = (_: unknown) => {};
    store.ask = (() => new Promise((resolve) => (arrive = resolve))) as unknown as Store["ask"];
    const draw = (run: string) => {
      const it = <RunDetail run={store.trace.value.runs.get(run) as Run} />;
      render(<StoreContext.Provider value={store}>{it}</StoreContext.Provider>, el);
      return settled();
    };
    await draw("a");
    [...el.querySelectorAll("button")].find(({ textContent }) => textContent === "Load the rest")?.click();
    await draw("b");
    arrive({ value: "the whole of one" });
    await settled();
    expect(el.textContent).toContain("two");
    expect(el.textContent).not.toContain("the whole");
    render(null, el);
  });
});

describe("lines", () => {
  it("break after a space, and count wide characters twice", () => {
    expect(wrapped("one two three", 8)).toEqual(["one two ", "three"]);
    expect(wrapped("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrapped("日本語日本語", 6)).toEqual(["日本語", "日本語"]);
    expect(wrapped("a\n\nb", 6)).toEqual(["a", "", "b"]);
    for (const line of wrapped("👩‍💻".repeat(9), 5)) expect(line).not.toMatch(/[\ud800-\udbff]$/);
  });
});

describe("the words", () => {
  const load = async () => {
    vi.resetModules();
    return (await import("../src/ui/words")).words;
  };
  afterEach(() => document.documentElement.removeAttribute("lang"));

  it("are those of the page's language, or of the one that was chosen", async () => {
    expect((await load()).graph).toBe("Chain graph");
    document.documentElement.lang = "es-MX";
    await import("../src/spanish");
    const words = await load();
    expect(words.graph).toBe("Grafo de la cadena");
    expect(words.runCount(1)).toBe("1 ejecución");
    expect(words.runCount(2)).toBe("2 ejecuciones");
    expect(words.slot("up to 4 attempts", "retry")).toBe("hasta 4 intentos");
    expect(words.slot("if x > 5", "branch")).toBe("si x > 5");
    expect(words.slot("default", "branch")).toBe("si no");
    expect(words.slot("fallback 2", "fallbacks")).toBe("reserva 2");
    expect(words.slot("default", "parallel")).toBe("default");
    expect((await import("../src/ui/format")).formatMs(1240)).toBe("1,24 s");
    localStorage.setItem("chainviz", '{"language":"en"}');
    expect((await load()).graph).toBe("Chain graph");
  });
});
