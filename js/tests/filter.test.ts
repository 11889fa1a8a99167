import { describe, expect, it } from "vitest";
import { completions } from "../src/store/filter/complete";
import { eventName, matching } from "../src/store/filter/match";
import { FilterError, parseFilter, quoteValue } from "../src/store/filter/parse";
import { EMPTY } from "../src/store/trace";
import { words } from "../src/ui/words";
import { toggleTerm } from "../src/views/timeline/chips";
import { applyBatch } from "./content";
import { filters, snapshot } from "./golden";

const trace = applyBatch(EMPTY, snapshot().batch);
const rows = (source: string, now = 0) => matching(parseFilter(source), trace, now).slice(0, 1_000);
const names = (source: string) => [...new Set(rows(source).map((row) => trace.runs.get(row.run)?.name))];
const events = (source: string) => rows(source).map((row) => eventName(trace.runs.get(row.run), row));

function failure(source: string): FilterError {
  try {
    parseFilter(source);
  } catch (error) {
    if (error instanceof FilterError) return error;
  }
  throw new Error(`"${source}" parses`);
}

describe("a filter", () => {
  it.each(filters)("%s", (source, sentence) => {
    if (sentence === null) return void parseFilter(source);
    const { fault, at, got, allowed } = failure(source);
    expect(words.filterFaults[fault](at, got, allowed)).toBe(sentence);
  });

  it("without terms lets everything through", () => {
    expect(rows("")).toHaveLength(47);
    expect(rows("   ")).toHaveLength(47);
  });

  it.each([
    ["type:chat_model", ["my_llm"]],
    ["TYPE:Chat_Model", ["my_llm"]],
    ["name:Docs", ["Docs"]],
    ['name:"Docs"', ["Docs"]],
    ["name:Doc", []],
    ["tag:map:key:context", ["Docs"]],
    ["type:retriever type:parser", ["Docs", "StrOutputParser"]],
    ["type:chain name:RunnablePassthrough", ["RunnablePassthrough"]],
    ["type:parser name:Docs", []],
    ["-type:chain -type:prompt", ["Docs", "my_llm", "StrOutputParser"]],
    ["status:done -type:chain type:prompt", ["ChatPromptTemplate"]],
    ["status:error", []],
    [">100ms -type:chain", ["my_llm", "StrOutputParser"]],
    ["<1ms -type:chain", ["ChatPromptTemplate"]],
    ["<=0.001s -type:chain", ["ChatPromptTemplate"]],
    ["-<1ms type:retriever", ["Docs"]],
  ])("%s", (source, expected) => {
    expect(names(source)).toEqual(expected);
  });

  it("knows events by their full name and by their kind", () => {
    expect(events("event:on_chain_end")).toHaveLength(3);
    expect(events("event:on_chain_start event:on_chain_end")).toHaveLength(6);
    expect(events("event:end")).toHaveLength(7);
    expect(events("type:chat_model -event:stream")).toEqual(["on_chat_model_start", "on_chat_model_end"]);
  });

  it("searches names, inputs, outputs and tokens, in any case", () => {
    expect(events('"HARRISON worked at Kensho." event:end')).toEqual([
      "on_chat_model_end",
      "on_parser_end",
      "on_chain_end",
    ]);
    expect(events("passthrough event:start")).toEqual(["on_chain_start"]);
    expect(events('" Kens"')).toContain("on_chat_model_stream");
    expect(rows('"where did" kensho type:prompt')).toHaveLength(2);
    expect(rows('-"harrison" -zebra')).not.toHaveLength(0);
    expect(events("model_end")).toEqual(["on_chat_model_end"]);
    expect(events('"seq:step:2" event:start')).toEqual(["on_prompt_start"]);
  });

  it("takes quotes inside quotes", () => {
    expect(parseFilter(String.raw`"say \"hi\" \\ x"`)).toEqual([
      { kind: "text", text: String.raw`say "hi" \ x`, not: false },
    ]);
    expect(parseFilter(`name:${quoteValue('two "words"')}`)).toMatchObject([{ value: 'two "words"' }]);
  });

  it("takes a lone dash and an empty phrase as nothing special", () => {
    expect(parseFilter("-")).toEqual([{ kind: "text", text: "-", not: false }]);
    expect(parseFilter('""')).toEqual([]);
  });

  it("does not take a pattern for one", () => {
    expect(rows("(a+)+$")).toHaveLength(0);
  });

  it.each([
    ["nmae:Docs", 'Unknown field "nmae"', 1, "name"],
    ["name:Docs typ:x", 'Unknown field "typ"', 11, "type"],
    ["http://x", 'Unknown field "http"', 1, "quotes"],
    ["type:", '"type:" has no value', 6, "chat_model"],
    ["name: Docs", '"name:" has no value', 6, "name:Docs"],
    ["type:chatmodel", 'Unknown type "chatmodel"', 6, "chat_model"],
    ["-status:bad", 'Unknown status "bad"', 9, "done"],
    ["event:on_chain_finish", 'Unknown event "on_chain_finish"', 7, "start"],
    [">500", '"500" is no time', 1, "unit"],
    ["name:x >fast", '"fast" is no time', 8, "unit"],
    ['x "open', "A quote is left open", 3, 'closing "'],
    ['name:"open', "A quote is left open", 6, 'closing "'],
  ])("%s is refused: what, where, expected", (source, what, at, expected) => {
    const error = failure(source);
    const said = words.filterFaults[error.fault](error.at, error.got, error.allowed);
    expect(said.startsWith(what)).toBe(true);
    expect(error.at).toBe(at);
    expect(said.slice(what.length)).toContain(expected);
  });
});

describe("completion", () => {
  const texts = (source: string, caret = source.length) =>
    completions(source, caret, trace).map((option) => option.text);

  it("offers fields, then their values in this trace", () => {
    expect(texts("")).toEqual(["type:", "name:", "tag:", "event:", "status:"]);
    expect(texts("-n")).toEqual(["-name:"]);
    expect(texts("type:")).toEqual(["type:chain", "type:retriever", "type:prompt", "type:chat_model", "type:parser"]);
    expect(texts("name:Runnable")).toContain("name:RunnableParallel<context,question>");
    expect(texts("status:")).toContain("status:error");
    expect(texts("nonsense:")).toEqual([]);
  });

  it("replaces the term at the caret and leaves the others", () => {
    expect(completions("type:chain name:Do >1ms", 18, trace)).toEqual([{ from: 11, to: 18, text: "name:Docs" }]);
  });
});

describe("chips", () => {
  it("put their term in and take it out", () => {
    expect(toggleTerm("", "status:error")).toBe("status:error");
    expect(toggleTerm("name:x", "status:error")).toBe("name:x status:error");
    expect(toggleTerm("name:x status:error >1ms", "status:error")).toBe("name:x >1ms");
  });
});
