import { describe, expect, it } from "vitest";

const sources = (import.meta as unknown as { glob(pattern: string, options: object): Record<string, string> }).glob(
  "../src/**/*.{ts,tsx}",
  { query: "?raw", import: "default", eager: true },
);

/** What a folder of src may import from: itself and these. */
const BELOW: Record<string, string[]> = {
  layout: [],
  wire: [],
  ui: ["style"],
  store: ["wire"],
  views: ["store", "wire", "ui", "layout", "script", "style"],
  "assets.tsx": ["views", "store", "wire", "ui", "script"],
  "builder.tsx": ["views", "store", "wire", "ui", "style"],
  "lent.ts": [],
  "states.tsx": ["views"],
  "script.ts": ["wire", "ui", "lent"],
  "stub.ts": [],
  "spanish.ts": ["ui"],
  "unpack.ts": ["ui"],
  "worker.ts": ["layout"],
};

const layerOf = (path: string) => path.split("/")[2] ?? "";

function importsOf(path: string, source: string): string[] {
  const folder = path.split("/").slice(0, -1);
  return [...source.matchAll(/from "(\.[^"]+)"/g)].map(([, target = ""]) => {
    const parts = [...folder];
    for (const part of target.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return layerOf(parts.join("/"));
  });
}

describe("layers", () => {
  it.each(Object.keys(sources).filter((path) => !path.endsWith(".d.ts")))("%s imports only from below", (path) => {
    const layer = layerOf(path);
    const allowed = BELOW[layer];
    expect(allowed, `the layer of ${path}`).toBeDefined();
    for (const target of importsOf(path, sources[path] ?? "")) expect([layer, ...(allowed ?? [])]).toContain(target);
  });

  it("stub imports nothing at all", () => {
    expect(sources["../src/stub.ts"]).not.toMatch(/^import /m);
  });
});
