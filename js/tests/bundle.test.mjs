// The bundle as it is sent, its names shortened, draws what the sources draw.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as source from "../src/assets";
import { snapshot } from "./golden";

const folder = mkdtempSync(join(tmpdir(), "chainviz-"));
let built;

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["build.mjs", "--into", folder], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const read = (name) => readFileSync(join(folder, name), "utf8");
  built = new Function(`${read("viewer.js")}; return chainviz`)();
  new Function(read("layout.js"))();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

/** What a bundle draws of a trace, with each of its runs selected in turn; without the names of styles. */
async function drawn(bundle) {
  localStorage.clear();
  const el = document.body.appendChild(document.createElement("div"));
  const down = bundle.mountPage(el, { snapshot: snapshot() });
  const html = () => el.innerHTML.replace(/ (class|style)="[^"]*"/g, "").replace(/cv-\d+/g, "cv-id");
  const pictures = [];
  await settled();
  pictures.push(html());
  for (const { length } = el.querySelectorAll("[role=treeitem]"); pictures.length <= length; ) {
    el.querySelectorAll("[role=treeitem]")[pictures.length - 1]?.click();
    await settled();
    pictures.push(html());
  }
  down();
  el.remove();
  return pictures;
}

it("draws what the sources draw", async () => {
  const expected = await drawn(source);
  expect(expected.length).toBeGreaterThan(5);
  expect(new Set(expected).size).toBeGreaterThan(3);
  expect(await drawn(built)).toEqual(expected);
}, 60_000);

const node = (id, kind, rest = {}) => ({
  id,
  kind,
  name: id,
  class_name: "S",
  input_type: "",
  output_type: "",
  ...rest,
});

it("draws a graph of states, laid out by what layout.js lends", async () => {
  const children = [node("a", "start"), node("b", "tool"), node("c", "end")];
  const links = [
    { source: 0, target: 1, label: "go", conditional: true },
    { source: 1, target: 1 },
    { source: 1, target: 2 },
  ];
  const graph = { root: node("", "graph", { children, links }) };
  const pictures = [];
  for (const bundle of [source, built]) {
    const el = document.body.appendChild(document.createElement("div"));
    const down = bundle.mountPage(el, { graph });
    await vi.waitFor(() => expect(el.querySelectorAll("svg g path")).toHaveLength(6), { timeout: 20_000 });
    pictures.push(el.innerHTML.replace(/ class="[^"]*"/g, "").replace(/cv-\d+/g, "cv-id"));
    down();
    el.remove();
  }
  expect(pictures[0]).toContain("left: ");
  expect(pictures[1]).toBe(pictures[0]);
}, 60_000);

it("is dark where the person likes it dark", () => {
  const el = document.body.appendChild(document.createElement("div"));
  const dark = Object.assign(new EventTarget(), { matches: true });
  vi.spyOn(window, "matchMedia").mockReturnValue(dark);
  const down = built.mountPage(el, {});
  expect(el.dataset.theme).toBe("dark");
  down();
  el.remove();
});
