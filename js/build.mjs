// Builds chainviz/static: stub.js (the module of every widget), viewer.js (the bundle as a classic script that a saved
// page holds inline, with the global `chainviz`), spanish.js (its Spanish words, a script to run before it), assets.js
// (both as a module that unpacks itself), builder.js (a module that draws builders with what the bundle lends it) and
// layout.js (what draws graphs of states, and lays them out, in a worker where it can).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { minify } from "terser";
import { pooled } from "./pool.mjs";
import { ownProperties, styleNames } from "./shorten.mjs";
import { trimmed } from "./trim.mjs";

const LIMIT = 73_000;
const UNPACKED_LIMIT = 120_000;
const BUILDER_LIMIT = 30_000;
/** Of all that a page with a builder runs: the stub, the bundle and the builder. */
const WHOLE_LIMIT = 150_000;
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
        contents: shorten(outputFiles[0].text.trim().replace(/(?<=--\w+:|,|\/|\(\w[\w-]+:) | (?=\/)/g, "")),
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
};

/** What the bundle takes besides; an element made by `h` is shorter than one made by `jsx`. */
const drawing = {
  jsx: "transform",
  jsxFactory: "h",
  jsxFragment: "Fragment",
  inject: ["preact"],
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  plugins: [shortStyles, trimmed],
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

/** `h("p", "x")` for `h("p", { class: "x" })`: the factory of elements takes both (see trim.mjs). */
const bareClasses = (module) => module.replace(/(?<=\((?:"\w+"|[\w$]+),)\{class:("[^"\\]*")\}(?=[,)])/g, "$1");

/** A module that a second minifier has folded too. */
async function folded(module) {
  const { ast } = await minify(bareClasses(module), {
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

const IMPORT = /import\{([^}]*)\}from"(\.\/[^"]+)";/g;

/** What a module imports: the name of each, what it is called here, and where it is from. */
const importsOf = (module) =>
  [...module.matchAll(IMPORT)].flatMap(([, names, from]) =>
    names.split(",").map((one) => {
      const [name, local = name] = one.split(" as ");
      return { name, local, from };
    }),
  );

/** The bundle, and the scripts of the builder and of states: what these share with it, the bundle lends them. */
async function compileParts(options) {
  const entries = ["src/assets.tsx", "src/builder.tsx", "src/states.tsx"];
  const parts = await bundled(entries, { ...options, splitting: true, external: ["./lent"] });
  const [builder, states] = await Promise.all([folded(parts["builder.js"]), folded(parts["states.js"])]);
  parts.lent = Object.entries({ forBuilder: builder, forStates: states })
    .flatMap(([list, module]) => [
      ...importsOf(module).map(({ name, from }, index) => `import{${name} as ${list}${index}}from"${from}";`),
      `export const ${list}=()=>[${importsOf(module).map((_, index) => list + index)}];`,
    ])
    .join("");
  const joining = {
    name: "joining",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path }) => ({ path: basename(path), namespace: "part" }));
      onLoad({ filter: /.*/, namespace: "part" }, ({ path }) => ({ contents: parts[path] }));
    },
  };
  const stdin = { contents: 'export*from"./assets.js";export{default}from"./assets.js"' };
  const [bundle] = Object.values(await bundled([], { stdin, plugins: [joining] }));
  return [await folded(bundle), builder, states];
}

const script = (code) => `(()=>{${code}})();`;
const packed = (text) => JSON.stringify(deflateRawSync(text, { level: 9 }).toString("base64"));

/** A module as a function: it gives what the module exports, and is given a list of what it imports. */
function asFunction(module) {
  const [list, names] = module.match(/export\{([^}]*)\};?$/);
  const given = importsOf(module).map(({ local }) => local);
  const exports = names.replace(/([\w$]+) as (\w+)/g, "$2:$1");
  const code = module.slice(0, -list.length).replace(IMPORT, "");
  return `(${given.length ? `[${given}]` : ""})=>{${code}return{${exports}}}`;
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
  const [bundle, builder, states] = await compileParts({ ...drawing, ...short });
  measure(" unpacked", bundle, UNPACKED_LIMIT);
  const spanish = script(await compile("src/spanish.ts", short));
  const define = { PACKED: packed(bundle), SPANISH: packed(spanish) };
  write("assets.js", await compile("src/unpack.ts", { define }));
  write("spanish.js", spanish);
  write("viewer.js", `var chainviz=(()=>{"use strict";return(${asFunction(bundle)})()})();`, UNPACKED_LIMIT);
  const drawsBuilder = `export default ${asFunction(builder)};`;
  write("builder.js", drawsBuilder, BUILDER_LIMIT);
  const stub = await compile("src/stub.ts");
  write("stub.js", stub);
  measure(" in all", bundle + drawsBuilder + stub, WHOLE_LIMIT);
  const drawn = `globalThis.document&&(globalThis.chainvizStates=${asFunction(states)});`;
  write("layout.js", `"use strict";${script(await compile("src/worker.ts"))}${drawn}`);
}

if (watch) {
  const rebuild = { name: "rebuild", setup: ({ onEnd }) => onEnd(() => build().catch(console.error)) };
  const options = { ...common, ...drawing, ...(await shortening()), plugins: [...drawing.plugins, rebuild] };
  const context = await esbuild.context({ ...options, entryPoints: [at("src/assets.tsx")] });
  await context.watch();
  await context.serve({ host: "127.0.0.1", port: 8123, servedir: at("..") });
  console.log("http://127.0.0.1:8123/js/dev/index.html?recording=retrieval&speed=0.1");
} else {
  await build();
}
