// @vitest-environment node
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ownProperties, styleNames } from "../shorten.mjs";

const at = (path) => new URL(path, import.meta.url);
const own = await ownProperties();
const shortened = (names) => [...new Set(names)].filter((name) => own.test(name));

describe("the names that the build shortens", () => {
  it("are many", () => {
    expect(own.source.split("|").length).toBeGreaterThan(100);
  });

  it("are none of the wire's", () => {
    const types = readFileSync(at("../src/wire/types.ts"), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(shortened(types.match(/\w+/g) ?? [])).toEqual([]);
  });

  it.each(readdirSync(at("./golden")))("are none of those in %s", (name) => {
    const text = readFileSync(at(`./golden/${name}`), "utf8");
    expect(shortened([...text.matchAll(/"(\w+)":/g)].map(([, key = ""]) => key))).toEqual([]);
  });

  it("are all declared: what is read from JSON by a name that no type has stays", () => {
    const tsc = at("../node_modules/typescript/lib/tsc.js").pathname;
    const flags = ["--noEmit", "--pretty", "false", "--noPropertyAccessFromIndexSignature"];
    const { stdout } = spawnSync(process.execPath, [tsc, ...flags], { cwd: at("..").pathname, encoding: "utf8" });
    const names = [...stdout.matchAll(/TS4111: Property '([^']+)'/g)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(shortened(names)).toEqual([]);
  }, 60_000);
});

describe("a style's names", () => {
  const shorten = styleNames();

  it("are the same in every source, with a prefix", () => {
    const rule = shorten(".cv-step-head{color:var(--muted)}.cv-kind-tool{--accent:red}");
    expect(rule).toMatch(/^\._(\w+)\{color:var\(--\w\)\}\._\w-tool\{--\w:red\}$/);
    const [, short = ""] = rule.match(/^\.(_\w+)/) ?? [];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source's text
    expect(shorten("class={`cv-step-head cv-kind-${kind}`}")).toMatch(new RegExp(`^class={\`${short} _\\w-\\$`));
  });

  const looking = ["e2e", "bench"].flatMap((folder) =>
    readdirSync(at(`../../tests/${folder}`))
      .filter((name) => /\.(py|js)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  it.each(looking)("are kept where tests/%s looks for them", (name) => {
    for (const [found] of readFileSync(at(`../../tests/${name}`), "utf8").matchAll(/\bcv-[a-z][\w-]*/g)) {
      expect(shorten(found), "add it to KEPT_CLASSES in shorten.mjs").toBe(found);
    }
  });

  it("are kept where they are not ours alone", () => {
    const kept = '"cv-root cv-text" "cv-tone-string" var(--jp-layout-color1) x = --level;';
    expect(shorten(kept)).toBe(kept);
  });
});
