// @vitest-environment node
import { minify } from "terser";
import { expect, it } from "vitest";
import { pooled } from "../pool.mjs";

const spidermonkey = true;

/** The module with what it says often in variables; `names` of ours stay as they are. */
async function pool(source) {
  const keep = { module: true, compress: false, mangle: false };
  const { ast } = await minify(source, { ...keep, format: { spidermonkey } });
  return (await minify(pooled(ast), { ...keep, parse: { spidermonkey } })).code;
}

const run = (code) => import(`data:text/javascript,${encodeURIComponent(code)}`);

it("says once what is said often", async () => {
  const source = `export const list = [${'"a text",'.repeat(9)} ${"null,".repeat(9)} ${"Math.max(1, 2),".repeat(9)} void 0];`;
  const code = await pool(source);
  expect(code.match(/a text|null|Math\.max/g)).toHaveLength(3);
  expect((await run(code)).list).toEqual((await run(source)).list);
});

it("says properties that are asked for at leisure, and what every page has", async () => {
  const asked = "x.querySelector(1), x?.querySelector(2), new Error(3).message,".repeat(5);
  const source = `export const f = (x) => [${asked}]; export const g = { querySelector: (n) => n, length: 1 };`;
  const code = await pool(source);
  expect(code.match(/querySelector|Error/g)).toHaveLength(3);
  const { f, g } = await run(code);
  expect(f(g)).toEqual(Array(5).fill([1, 2, "3"]).flat());
});

it("leaves the keys of objects and the comparisons of types", async () => {
  const source = `export const f = (x) => [${'{"a-b": typeof x === "number"},'.repeat(9)}];`;
  expect(await pool(source)).toBe((await minify(source, { module: true, compress: false, mangle: false })).code);
});

it("makes arrows of the functions that can be, which stand before all that calls them", async () => {
  const source = `
    export const early = twice(2);
    function twice(x) { return 2 * x }
    function Made(x) { this.x = x }
    function Empty() {}
    function count() { return arguments.length }
    export const made = [new Made(1).x, new Empty() instanceof Empty, count(1, 2)];`;
  const code = await pool(source);
  expect(code).toContain("twice=x=>2*x");
  expect(code.match(/function \w+/g)).toEqual(["function Made", "function Empty", "function count"]);
  const { early, made } = await run(code);
  expect([early, made]).toEqual([4, [1, true, 2]]);
});

it("leaves out the fields that a class only declares", async () => {
  const code = await pool("export class A { x; static y; z = 1; constructor(x) { this.x = x } }");
  expect(code).toBe("export class A{static y;z=1;constructor(x){this.x=x}}");
  const { A } = await run(code);
  expect({ ...new A(2) }).toEqual({ x: 2, z: 1 });
});
