import { describe, expect, it } from "vitest";
import { BadPatch, Patcher, parsePointer } from "../src/store/patch";
import type { Op, Value } from "../src/wire/types";

const apply = (state: Value, ...ops: Op[]) => {
  const patcher = new Patcher();
  return ops.reduce((now, op) => patcher.apply(now, op), state);
};

describe("patches", () => {
  it("replaces the whole", () => {
    expect(apply(null, { op: "replace", path: "", value: { logs: {} } })).toEqual({ logs: {} });
  });

  it("adds to dicts, to the end and the middle of lists", () => {
    const state = { logs: {}, streamed_output: ["a", "c"] };
    const next = apply(
      state,
      { op: "add", path: "/logs/Docs", value: { id: "1" } },
      { op: "add", path: "/streamed_output/-", value: "d" },
      { op: "add", path: "/streamed_output/1", value: "b" },
    );
    expect(next).toEqual({ logs: { Docs: { id: "1" } }, streamed_output: ["a", "b", "c", "d"] });
  });

  it("appends to strings", () => {
    expect(apply({ final_output: "Harris" }, { op: "append", path: "/final_output", value: "on" })).toEqual({
      final_output: "Harrison",
    });
  });

  it("reads escaped keys", () => {
    expect(parsePointer("/logs/a~1b~0c/-")).toEqual(["logs", "a/b~c", "-"]);
    expect(apply({ "a/b": 1 }, { op: "replace", path: "/a~1b", value: 2 })).toEqual({ "a/b": 2 });
  });

  it("keeps old states as they were and shares what did not change", () => {
    const state = { logs: { Docs: { tags: ["x"] } }, streamed_output: ["a"] };
    const before = structuredClone(state);
    const next = apply(state, { op: "add", path: "/streamed_output/-", value: "b" }) as typeof state;
    expect(state).toEqual(before);
    expect(next.logs).toBe(state.logs);
  });

  it("does not change a value that a patch brought", () => {
    const value = { list: [1] };
    apply(null, { op: "replace", path: "", value }, { op: "add", path: "/list/-", value: 2 });
    expect(value).toEqual({ list: [1] });
  });

  it.each([
    ["__proto__", "/__proto__/polluted"],
    ["constructor", "/constructor/prototype/polluted"],
    ["prototype", "/prototype/polluted"],
    ["a list's own property", "/list/length"],
    ["a list's method", "/list/push"],
    ["a leading zero", "/list/01"],
    ["a negative index", "/list/-1"],
    ["beyond a list's end", "/list/5"],
    ["an inherited key", "/toString/x"],
    ["a missing parent", "/nowhere/x"],
    ["inside a string", "/text/0"],
    ["no pointer", "list/0"],
  ])("refuses %s", (_, path) => {
    const state = { list: [1], text: "abc" };
    expect(() => apply(state, { op: "add", path, value: 1 })).toThrow(BadPatch);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(["__proto__", "constructor", "prototype", "toString"])("takes a step's name for a key: %s", (name) => {
    const logs = (state: Value) => Object.entries((state as { logs: object }).logs);
    const first = apply({ logs: {} }, { op: "add", path: `/logs/${name}`, value: { polluted: "no" } });
    const next = apply(first, { op: "replace", path: `/logs/${name}/polluted`, value: "yes" });
    expect(logs(first)).toEqual([[name, { polluted: "no" }]]);
    expect(logs(next)).toEqual([[name, { polluted: "yes" }]]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("refuses to replace what is not there and to append to what is no string", () => {
    expect(() => apply({}, { op: "replace", path: "/a", value: 1 })).toThrow('there is no "a"');
    expect(() => apply({ a: 1 }, { op: "append", path: "/a", value: "b" })).toThrow("expects a string");
  });

  it("folds long streams in time that follows what is new", () => {
    const patcher = new Patcher();
    let state: Value = { streamed_output: [], final_output: "" };
    for (let i = 0; i < 20_000; i++) {
      state = patcher.apply(state, { op: "add", path: "/streamed_output/-", value: "x" });
      state = patcher.apply(state, { op: "append", path: "/final_output", value: "x" });
    }
    expect((state as { final_output: string }).final_output).toHaveLength(20_000);
  });
});
