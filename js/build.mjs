// Builds chainviz/static: stub.js (the module of every widget), viewer.js (the bundle as a classic script that a saved
// page holds inline, with the global `chainviz`), spanish.js (its Spanish words, a script to run before it), assets.js
// (both as a module that unpacks itself), builder.js (a module that draws builders with what the bundle lends it) and
// layout.js (a worker, for pages with a graph of states).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { pooled } from "./pool.mjs";
import { ownProperties, styleNames } from "./shorten.mjs";

const LIMIT = 90_000;
const UNPACKED_LIMIT = 160_000;
const [, into] = process.argv.join(" ").match(/ --into (\S+)/) ?? [];
const STATIC = into ? pathToFileURL(`${into}/`) : new URL("../chainviz/static/", import.meta.url);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const watch = process.argv.includes("--watch");

/** Nested rules are laid flat: browsers find a flat one by its last class, and try any other on every element. */
const styles = { bundle: true, minify: true, write: false, target: "chrome115" };

/** Puts styles into the bundle as texts, and shortens their names wherever a source says them. */
const shortStyles = {
  name: "short-styles",
  setup(build) {
    const shorten = styleNames();
    build.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: fileURLToPath(new URL(path.replace("?inline", ""), `file://${resolveDir}/`)),
      namespace: "inline-css",
    }));
    build.onLoad({ filter: /.*/, namespace: "inline-css" }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({ ...styles, entryPoints: [path] });
      return {
        contents: shorten(outputFiles[0].text.trim().replace(/(?<=--\w+:) /g, "")),
        loader: "text",
        watchDirs: [dirname(path)],
      };
    });
    build.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => ({
      contents: shorten(readFileSync(path, "utf8")),
      loader: path.endsWith("x") ? "tsx" : "ts",
    }));
  },
};

const common = {
  bundle: true,
  minify: true,
  write: false,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  define: { "window.__PREACT_SIGNALS_DEVTOOLS__": "false" },
};

/** What the bundle takes besides; an element made by `h` is shorter than one made by `jsx`. */
const drawing = {
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  inject: ["preact"],
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  plugins: [shortStyles],
};

/** Short names for properties: what one part has given, in `mangleCache`, the next one takes. */
const shortening = async () => ({ mangleProps: await ownProperties(), mangleCache: {} });

/** Bundles modules; their texts by the names of their files. */
async function bundled(entries, options) {
  const entryPoints = entries.map(at);
  const { outputFiles, mangleCache = {} } = await esbuild.build({
    ...common,
    format: "esm",
    outdir: "/",
    entryPoints,
    ...options,
  });
  Object.assign(options.mangleCache ?? {}, mangleCache);
  return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
}

/** A module that a second minifier has folded too. */
async function folded(module) {
  const { ast } = await minify(module, {
    module: true,
    // To read a signal is to follow it: no getter is pure.
    compress: { ecma: 2022, passes: 3, keep_fargs: false, pure_getters: false, unsafe: true, unsafe_arrows: true },
    format: { spidermonkey: true },
  });
  const { code } = await minify(pooled(ast), {
    module: true,
    parse: { spidermonkey: true },
    compress: { defaults: false, join_vars: true, sequences: true },
    format: { ecma: 2022 },
  });
  return code;
}

/** One entry as one module. */
async function compile(entry, options = {}) {
  const [module] = Object.values(await bundled([entry], options));
  return folded(module);
}

/** The names that a module takes from another. */
const taken = (module, from) => module.match(`import{([^}]*)}from"${from}";`) ?? ["", ""];

/** The bundle, and the builder's script: what both have stays in the bundle, whose `lent` has it for the script. */
async function compileBoth(options) {
  const entries = ["src/assets.tsx", "src/builder.tsx"];
  const split = { splitting: true, chunkNames: "both", external: ["./lent"] };
  const parts = await bundled(entries, { ...options, ...split });
  const [whole, names] = taken(parts["builder.js"], "./both.js");
  const list = names.replace(/ as [^,]*/g, "");
  parts.lent = `import{${list}}from"./both.js";export const lent={${list}}`;
  const joining = {
    name: "joining",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/(assets\.js|both\.js|lent)$/ }, ({ path }) => ({
        path: basename(path),
        namespace: "part",
      }));
      onLoad({ filter: /.*/, namespace: "part" }, ({ path }) => ({ contents: parts[path] }));
    },
  };
  const stdin = { contents: 'export*from"./assets.js";export{default}from"./assets.js"' };
  const [bundle] = Object.values(await bundled([], { stdin, plugins: [joining] }));
  return [await folded(bundle), await folded(parts["builder.js"].replace(whole, `import{${names}}from"lent";`))];
}

const script = (code) => `(()=>{${code}})();`;
const packed = (text) => JSON.stringify(deflateRawSync(text, { level: 9 }).toString("base64"));

/** A module as a function: it gives what the module exports, and is given what the module imports. */
function asFunction(module) {
  const [list, names] = module.match(/export\{([^}]*)\};?$/);
  const [imports, given] = taken(module, "lent");
  const exports = names.replace(/([\w$]+) as (\w+)/g, "$2:$1");
  const code = module.slice(0, -list.length).replace(imports, "");
  return `({${given.replaceAll(" as ", ":")}})=>{${code}return{${exports}}}`;
}

function measure(name, text, limit) {
  const size = Buffer.byteLength(text);
  if (size > limit) throw new Error(`${name} has ${size} B, over the limit of ${limit} B.`);
  console.log(`${name.padEnd(10)} ${String(size).padStart(6)} B raw, ${gzipSync(text).length} B gzip`);
}

function write(name, text, limit = LIMIT) {
  writeFileSync(new URL(name, STATIC), text);
  measure(name, text, limit);
}

async function build() {
  mkdirSync(STATIC, { recursive: true });
  const short = await shortening();
  const [bundle, builder] = await compileBoth({ ...drawing, ...short });
  measure(" unpacked", bundle, UNPACKED_LIMIT);
  const spanish = script(await compile("src/spanish.ts", short));
  const define = { PACKED: packed(bundle), SPANISH: packed(spanish) };
  write("assets.js", await compile("src/unpack.ts", { define }));
  write("spanish.js", spanish);
  write("viewer.js", `var chainviz=(()=>{"use strict";return(${asFunction(bundle)})({})})();`, UNPACKED_LIMIT);
  write("builder.js", `export default ${asFunction(builder)};`);
  write("stub.js", await compile("src/stub.ts"));
  write("layout.js", script(await compile("src/worker.ts")));
}

if (watch) {
  const rebuild = { name: "rebuild", setup: ({ onEnd }) => onEnd(() => build().catch(console.error)) };
  const options = { ...common, ...drawing, ...(await shortening()), plugins: [shortStyles, rebuild] };
  const context = await esbuild.context({ ...options, entryPoints: [at("src/assets.tsx")] });
  await context.watch();
  await context.serve({ host: "127.0.0.1", port: 8123, servedir: at("..") });
  console.log("http://127.0.0.1:8123/js/dev/index.html?recording=retrieval&speed=0.1");
} else {
  await build();
}
