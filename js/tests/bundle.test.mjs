// The bundle as it is sent, its names shortened, draws what the sources draw.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import * as source from "../src/assets";
import { eventually, FakeChannel } from "./fakes";
import { builderTalk, snapshot } from "./golden";

/** Node imports from a URL of data, not of an object. */
const texts = new Map();
vi.stubGlobal(
  "Blob",
  class extends Blob {
    constructor(parts, options) {
      super(parts, options);
      texts.set(this, parts.join(""));
    }
  },
);

const folder = mkdtempSync(join(tmpdir(), "chainviz-"));
let built;
const read = (name) => readFileSync(join(folder, name), "utf8");

beforeAll(async () => {
  const { status, stderr } = spawnSync(process.execPath, ["build.mjs", "--into", folder], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  built = (await import(`data:text/javascript,${encodeURIComponent(`${read("viewer.js")}export default chainviz`)}`))
    .default;
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
  const { chainvizStates } = globalThis;
  const states = await import("../src/states");
  for (const [bundle, script] of [
    [source, () => states],
    [built, chainvizStates],
  ]) {
    globalThis.chainvizStates = script;
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

it("lends the builder's script what both have", async () => {
  vi.spyOn(URL, "createObjectURL").mockImplementation(
    (blob) => `data:text/javascript,${encodeURIComponent(texts.get(blob))}`,
  );
  const channels = { f: new FakeChannel(), c: new FakeChannel() };
  const model = new FakeChannel({ view: "builder", trace: "", feed: "x:f", control: "x:c" });
  Object.assign(model, { widget_manager: { get_model: async (id) => channels[id] } });
  const el = document.body.appendChild(document.createElement("div"));
  const down = built.mount({ model, el });
  await eventually(() => expect(channels.c.sent.at(-1)?.type).toBe("script"));
  const deflated = new Blob([read("builder.js")]).stream().pipeThrough(new CompressionStream("deflate"));
  channels.c.answer({ value: { size: 1 } }, [await new Response(deflated).arrayBuffer()]);
  await eventually(() => expect(channels.c.sent.at(-1)?.type).toBe("builder"));
  channels.c.answer({ value: builderTalk().state });
  await eventually(() => expect(el.querySelectorAll("[role=tree] [role=treeitem]").length).toBeGreaterThan(3));
  down();
  el.remove();
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
