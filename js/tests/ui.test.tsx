import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { formatClock, formatMs } from "../src/ui/format";
import { setting } from "../src/ui/settings";
import { Tree, type TreeRow, typeahead } from "../src/ui/tree";
import { schemaRows, typeName } from "../src/views/detail/schema";
import { valueRows } from "../src/views/value/rows";
import type { Value } from "../src/wire/types";
import type { Dict } from "../src/wire/values";
import { settled } from "./fakes";

let el: HTMLElement;
beforeEach(() => {
  el = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, el);
  el.remove();
});

const flat = (count: number): TreeRow[] =>
  Array.from({ length: count }, (_, index) => ({
    key: String(index),
    level: 1,
    open: undefined,
    place: index + 1,
    of: count,
    label: `row ${index}`,
  }));

describe("a tree", () => {
  it("draws a window of its rows and keeps their full height", async () => {
    render(
      <div class="cv-scroll">
        <Tree name="Many" rows={flat(100_000)} height={20} draw={(row) => row.label} onToggle={() => {}} />
      </div>,
      el,
    );
    await settled();
    const items = el.querySelectorAll("[role=treeitem]");
    expect(items.length).toBeLessThan(80);
    expect(items[0]?.getAttribute("aria-setsize")).toBe("100000");
    expect(el.querySelector<HTMLElement>("[role=presentation]")?.style.height).toBe("2000000px");
  });

  it("draws what the scroller shows", async () => {
    render(
      <div class="cv-scroll">
        <Tree name="Many" rows={flat(1000)} height={20} draw={(row) => row.label} onToggle={() => {}} />
      </div>,
      el,
    );
    await settled();
    const scroller = el.querySelector<HTMLElement>(".cv-scroll") as HTMLElement;
    const body = el.querySelector<HTMLElement>("[role=presentation]") as HTMLElement;
    vi.spyOn(body, "getBoundingClientRect").mockImplementation(() => ({ top: -scroller.scrollTop }) as DOMRect);
    scroller.scrollTop = 10_000;
    scroller.dispatchEvent(new Event("scroll"));
    await settled();
    expect(el.textContent).toContain("row 500");
    expect(el.textContent).not.toContain("row 40row");
    expect(body.style.paddingTop).toBe("9960px");
  });

  it("draws the rows that come in the elements of those that go", async () => {
    render(
      <div class="cv-scroll">
        <Tree name="Many" rows={flat(1000)} height={20} draw={(row) => row.label} onToggle={() => {}} />
      </div>,
      el,
    );
    await settled();
    const scroller = el.querySelector<HTMLElement>(".cv-scroll") as HTMLElement;
    const body = el.querySelector<HTMLElement>("[role=presentation]") as HTMLElement;
    vi.spyOn(body, "getBoundingClientRect").mockImplementation(() => ({ top: -scroller.scrollTop }) as DOMRect);
    const scrollTo = async (top: number) => {
      scroller.scrollTop = top;
      scroller.dispatchEvent(new Event("scroll"));
      await settled();
    };
    await scrollTo(4_000);
    const before = new Set(el.querySelectorAll("[role=treeitem]"));
    await scrollTo(10_000);
    const after = [...el.querySelectorAll("[role=treeitem]")];
    expect(after.every((item) => before.has(item))).toBe(true);
    expect(after.map((item) => item.getAttribute("aria-label"))).toEqual(
      after.map((_, index) => `row ${9960 / 20 + index}`),
    );
  });

  it("keeps the keys and clicks of a row's tools apart from those of the row", async () => {
    const toggled = vi.fn();
    const rows = flat(3).map((row) => ({ ...row, open: false }));
    const tools = () => <button type="button">do</button>;
    render(<Tree name="Few" rows={rows} height={20} draw={(row) => row.label} tools={tools} onToggle={toggled} />, el);
    await settled();
    const tree = el.querySelector("[role=tree]") as HTMLElement;
    const button = el.querySelector("button") as HTMLElement;
    button.click();
    expect(toggled).not.toHaveBeenCalled();
    button.focus();
    button.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    await settled();
    expect(tree.getAttribute("aria-activedescendant")).toBe(el.querySelectorAll("[role=treeitem]")[1]?.id);
    expect(document.activeElement).toBe(tree);
  });

  it("names its active row only while that is drawn", async () => {
    render(
      <div class="cv-scroll">
        <Tree name="Many" rows={flat(1000)} height={20} draw={(row) => row.label} onToggle={() => {}} />
      </div>,
      el,
    );
    await settled();
    const tree = el.querySelector("[role=tree]") as HTMLElement;
    expect(document.getElementById(tree.getAttribute("aria-activedescendant") ?? "")).not.toBeNull();
    const scroller = el.querySelector(".cv-scroll") as HTMLElement;
    const body = el.querySelector<HTMLElement>("[role=presentation]") as HTMLElement;
    vi.spyOn(body, "getBoundingClientRect").mockImplementation(() => ({ top: -scroller.scrollTop }) as DOMRect);
    scroller.scrollTop = 10_000;
    scroller.dispatchEvent(new Event("scroll"));
    await settled();
    expect(tree.hasAttribute("aria-activedescendant")).toBe(false);
  });

  it("finds the next row that begins with a letter", () => {
    const rows = ["apple", "bread", "apricot"].map((label) => ({ label }));
    expect(typeahead(rows, 0, "a")).toBe(2);
    expect(typeahead(rows, 2, "A")).toBe(0);
    expect(typeahead(rows, 1, "z")).toBe(1);
  });
});

describe("value rows", () => {
  const labels = (value: Value, open = true) => valueRows(value, () => open).map((row) => row.label);

  it("show typed values as what they stand for", () => {
    expect(labels({ a: { $type: "number", value: "NaN" }, b: { $type: "opaque", class: "m.C", repr: "<C>" } })).toEqual(
      ["a: NaN", "b: <C>"],
    );
    expect(labels([{ $type: "cut", of: "str", length: 20_000, head: "abc" }])[0]).toContain("20,000 characters in all");
    expect(labels({ $type: "dict", items: [[1, "x"]] })).toEqual(['1: "x"']);
    expect(labels({ $type: "object", class: "m.Joke", fields: { text: "x" } })).toEqual(['text: "x"']);
  });

  it("have JSON Pointers for keys", () => {
    const rows = valueRows({ logs: { "a/b": { x: [1] } } }, () => true);
    expect(rows.map((row) => row.key)).toEqual(["/logs", "/logs/a~1b", "/logs/a~1b/x", "/logs/a~1b/x/0"]);
    expect(rows.map((row) => row.level)).toEqual([1, 2, 3, 4]);
  });

  it("show Python's names for constants", () => {
    expect(labels({ a: null, b: true, c: 1.5 })).toEqual(["a: None", "b: True", "c: 1.5"]);
  });
});

describe("a schema", () => {
  const schema: Dict = {
    title: "In",
    type: "object",
    required: ["question"],
    properties: {
      question: { type: "string" },
      k: { type: "integer", default: 4 },
      messages: { type: "array", items: { anyOf: [{ $ref: "#/$defs/Message" }, { type: "string" }] } },
      mode: { enum: ["fast", "slow"] },
    },
    $defs: {
      Message: {
        title: "Message",
        type: "object",
        properties: { content: { type: "string" }, reply: { $ref: "#/$defs/Message" } },
      },
    },
  };

  it("reads as Python types", () => {
    const rows = schemaRows(schema, (_, level) => level < 2);
    expect(rows.map((row) => row.label)).toEqual([
      "question: str",
      "k: int, optional",
      "messages: list[Message | str], optional",
      "[…]: Message | str",
      'mode: "fast" | "slow", optional',
    ]);
  });

  it("ends where a type contains itself, and where a reference leads nowhere", () => {
    expect(schemaRows(schema, (_, level) => level < 6).length).toBeLessThan(20);
    const lost = { $ref: "#/$defs/Nowhere" };
    expect(typeName(lost, lost)).toBe("any");
    const tree: Dict = { type: "array", items: { $ref: "#" } };
    expect(schemaRows(tree, () => true)).toEqual([]);
    const json: Dict = { anyOf: [{ type: "string" }, { type: "array", items: { $ref: "#" } }] };
    expect(schemaRows(json, () => true)).toEqual([]);
    const circle: Dict = { $ref: "#" };
    expect(typeName(circle, circle)).toBe("any");
  });
});

describe("small things", () => {
  it("times", () => {
    expect([0, 0.2, 3.21, 42, 999.6, 1240, 59_960, 65_000, 119_600].map(formatMs)).toEqual([
      "0 ms",
      "0.20 ms",
      "3.2 ms",
      "42 ms",
      "1.00 s",
      "1.24 s",
      "1 min 0 s",
      "1 min 5 s",
      "2 min 0 s",
    ]);
  });

  it("the time of day, which begins at 0", () => {
    expect(formatClock(new Date(2026, 0, 1, 0, 5).getTime())).toBe("00:05:00.000");
    expect(formatClock(new Date(2026, 0, 1, 18, 5, 9, 7).getTime())).toBe("18:05:09.007");
  });

  it("settings outlive bad or missing storage", () => {
    const isNumber = (value: unknown): value is number => typeof value === "number";
    localStorage.setItem("chainviz", "{not json");
    expect(setting("one", 1, isNumber).value).toBe(1);
    localStorage.setItem("chainviz", '{"two":"text"}');
    const two = setting("two", 2, isNumber);
    expect(two.value).toBe(2);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new Error("full");
    });
    two.value = 3;
    expect(two.value).toBe(3);
  });
});
