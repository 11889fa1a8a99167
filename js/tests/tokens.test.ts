import { describe, expect, it } from "vitest";
import { headOf, oneLine, visible } from "../src/ui/text";
import { BLOCK, Blocks } from "../src/views/tokens/blocks";

const host = () => document.createElement("div");

describe("token blocks", () => {
  it("close at a line's end, so that only a short one grows", () => {
    const el = host();
    const blocks = new Blocks(el, null);
    const line = `${"word ".repeat(20)}\n`;
    for (let i = 0; i < 100; i++) blocks.add([line]);
    expect(el.textContent).toBe(line.repeat(100));
    expect(el.children.length).toBeGreaterThan(10);
    for (const block of el.children) expect((block.textContent ?? "").length).toBeLessThan(BLOCK + line.length + 1);
    for (const block of [...el.children].slice(0, -1)) expect(block.textContent?.endsWith("\n")).toBe(true);
  });

  it("do not break a paragraph until it is far too long", () => {
    const el = host();
    const blocks = new Blocks(el, null);
    for (let i = 0; i < 300; i++) blocks.add(["0123456789"]);
    expect(el.children).toHaveLength(1);
    for (let i = 0; i < 1700; i++) blocks.add(["0123456789"]);
    expect(el.children.length).toBeGreaterThan(3);
    expect(el.textContent).toHaveLength(20_000);
  });

  it("hold one text node each", () => {
    const el = host();
    const blocks = new Blocks(el, null);
    for (const text of ["", "H", "arrison", "", " worked"]) blocks.add([text]);
    expect(el.firstChild?.childNodes).toHaveLength(1);
  });

  it("mark the end of every token, empty ones too", () => {
    const el = host();
    new Blocks(el, "|").add(["", "H", "arrison", ""]);
    expect(el.textContent).toBe("|H|arrison||");
    expect(el.querySelectorAll("i")).toHaveLength(4);
  });

  it("have an element for each mark only near the end", () => {
    const el = host();
    const blocks = new Blocks(el, "|");
    for (let i = 0; i < 5000; i++) blocks.add(["word", ".\n"]);
    expect(el.textContent).toBe("word|.\n|".repeat(5000));
    expect(el.querySelectorAll("i").length).toBeLessThan(1000);
    expect(el.lastElementChild?.querySelectorAll("i").length).toBeGreaterThan(0);
  });
});

describe("visible text", () => {
  it.each([
    ["plain\ttext\n", "plain\ttext\n"],
    ["\u0000\u001b[31m", "␀␛[31m"],
    ["a\u202eb\u2066c", "a⟨U+202E⟩b⟨U+2066⟩c"],
    ["zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"],
    ["\ud800x", "⟨U+D800⟩x"],
    ["line\u2028end", "line⟨U+2028⟩end"],
    ["👩\u200d💻 ❤️\u200d🔥", "👩\u200d💻 ❤️\u200d🔥"],
    ["a\u200db", "a⟨U+200D⟩b"],
    ["ñ שלום 日本", "ñ שלום 日本"],
  ])("%j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it("is cut between characters, never in one", () => {
    expect(oneLine("ab😀c", 4)).toBe("ab😀…");
    expect(oneLine("ab😀c", 3)).toBe("ab…");
    expect(headOf("😀😀", 3)).toBe("😀");
  });
});
