// Builds chainviz/static: stub.js (the module of every widget), viewer.js (the bundle as a classic script that a saved
// page holds inline, with the global `chainviz`) and assets.js (the bundle as a module that unpacks itself).
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const LIMIT = 60_000;
const STATIC = new URL("../chainviz/static/", import.meta.url);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const watch = process.argv.includes("--watch");

const inlineCss = {
  name: "inline-css",
  setup(build) {
    build.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: fileURLToPath(new URL(path.replace("?inline", ""), `file://${resolveDir}/`)),
      namespace: "inline-css",
    }));
    build.onLoad({ filter: /.*/, namespace: "inline-css" }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({ entryPoints: [path], bundle: true, minify: true, write: false });
      return { contents: outputFiles[0].text.trim(), loader: "text", watchDirs: [dirname(path)] };
    });
  },
};

const common = {
  bundle: true,
  minify: true,
  write: false,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [inlineCss],
};

async function compile(entry, options) {
  const { outputFiles } = await esbuild.build({ ...common, entryPoints: [at(entry)], format: "esm", ...options });
  return outputFiles[0].text;
}

function write(name, text) {
  writeFileSync(new URL(name, STATIC), text);
  const size = Buffer.byteLength(text);
  if (size > LIMIT && name !== "viewer.js") throw new Error(`${name} has ${size} B, over the limit of ${LIMIT} B.`);
  return `${name.padEnd(10)} ${String(size).padStart(6)} B raw, ${gzipSync(text).length} B gzip`;
}

async function build() {
  mkdirSync(STATIC, { recursive: true });
  const bundle = await compile("src/assets.tsx");
  const packed = JSON.stringify(deflateRawSync(bundle, { level: 9 }).toString("base64"));
  console.log(write("assets.js", await compile("src/unpack.ts", { define: { PACKED: packed } })));
  console.log(`  unpacked ${String(Buffer.byteLength(bundle)).padStart(6)} B`);
  console.log(write("viewer.js", await compile("src/assets.tsx", { format: "iife", globalName: "chainviz" })));
  console.log(write("stub.js", await compile("src/stub.ts")));
}

if (watch) {
  const rebuild = { name: "rebuild", setup: ({ onEnd }) => onEnd(() => build().catch(console.error)) };
  const plugins = [inlineCss, rebuild];
  const context = await esbuild.context({ ...common, entryPoints: [at("src/assets.tsx")], plugins });
  await context.watch();
  await context.serve({ host: "127.0.0.1", port: 8123, servedir: at("..") });
  console.log("http://127.0.0.1:8123/js/dev/index.html?recording=retrieval&speed=0.1");
} else {
  await build();
}
