// Shorter names for the bundle. The sources keep long ones; what a person, a kernel or a test can see keeps its name:
// text, what the wire carries, the names of the platform and of the libraries, and the classes listed here.
// esbuild renames the properties (6 kB of 126), but no minifier knows which ones are ours alone, nor one for classes.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const words = (text) => text.match(/[A-Za-z_$][\w$]*/g) ?? [];

/** Classes that the end-to-end tests look for; of one that ends in "-", all that begin so. */
const KEPT_CLASSES = ["root", "text", "section", "key", "detail-title", "muted", "lane", "selected", "button", "tone-"];

/** Properties inside JSON that no message declares, those of hosts and of elements, and the bundle's own exports. */
const KEPT_PROPERTIES = `
  additionalProperties allOf anyOf oneOf const enum description properties required title items default
  args content fields head logs repr of messages generations text
  str list dict bytes python mermaid dot svg
  mount mountPage initialize getWidget exports model host el signal props snapshot graph view
  theme picture header page key toggle chainvizLayout chainvizStates
  edge drop windowedListIndex context sharedModel insertCell cell_type metadata source
  minimum maximum exclusiveMinimum exclusiveMaximum format kept`;

/** Properties of ours that the platform or a library has too, on objects that we never ask for them. */
const OURS = new Set(
  words(`
  active begin block change changed collapsed control count depth draw elapsed field fit found hint icon label
  labels loaded offset onClose onSelect onToggle optional parameters place placeOf places pressed rows seek
  selection show speed span states store tone usage`),
);

/** What the libraries call their own things: all who say these names are in the bundle, as the libraries are. */
const INNER = words(`
  Consumer Provider componentDidCatch componentDidMount componentDidUpdate componentWillMount componentWillReceiveProps
  componentWillUnmount componentWillUpdate contextType current debounceRendering displayName forceUpdate getChildContext
  getDerivedStateFromError getDerivedStateFromProps getSnapshotBeforeUpdate peek setState shouldComponentUpdate
  subscribe`);

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The files under a folder whose names end so. */
function files(folder, ...ends) {
  return readdirSync(at(folder), { recursive: true })
    .filter((name) => ends.some((end) => name.endsWith(end)))
    .map((name) => at(`${folder}/${name}`));
}

const read = (path) => readFileSync(path, "utf8");
const without = (text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
/** The members that a declaration file declares. */
const members = (text) =>
  text.match(
    /(?<=^\s*(?:(?:readonly|get|set|static|var|const|function|declare) )*["']?)[A-Za-z_$][\w$]*(?=["']?\??\s*[:(<])/gm,
  ) ?? [];
const ours = () =>
  files("src", ".ts", ".tsx").filter(
    (path) => !/\.d\.ts$|\/(stub|unpack|worker)\.ts$|\/src\/layout\/(?!level)/.test(path),
  );
const isWire = (path) => /(wire\/types|\/layout\/level)\.ts$/.test(path);

/** a, b, … z, A, … Z, then two of them, … */
function* short() {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const letter of letters) yield letter;
  for (const first of letters) for (const second of letters) yield first + second;
}

/** Gives the names that occur most the shortest ones. */
function rank(found) {
  const counts = new Map();
  for (const name of found) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = short();
  return new Map([...counts].sort(([, a], [, b]) => b - a).map(([name]) => [name, names.next().value]));
}

/** A function that shortens class names (`cv-pane-head` to `_a`) and custom properties (`--muted`) in the text of a source. */
export function styleNames() {
  const styles = files("src/style", ".css").map((path) => without(read(path)));
  const texts = [...styles, ...ours().map(read)];
  const classes = texts.flatMap((text) => text.match(/(?<=\bcv-)[a-z][\w-]*/g) ?? []);
  // `cv-kind-${kind}`: what follows is not ours to choose, so the family gets a short name and its members keep theirs.
  const families = [...new Set(classes.filter((name) => name.endsWith("-")))];
  const familyOf = (name) => families.find((family) => name.startsWith(family));
  const isKept = (name) => KEPT_CLASSES.includes(familyOf(name) ?? name);
  const shortClass = rank(classes.filter((name) => !isKept(name)).map((name) => familyOf(name) ?? name));
  const properties = styles.flatMap((text) => text.match(/(?<=[^\w-]--)[a-z]\w*(?![\w-])/g) ?? []);
  const shortProperty = rank(properties);
  const shortened = (name) => {
    const family = familyOf(name);
    if (isKept(name)) return `cv-${name}`;
    return family ? `_${shortClass.get(family)}-${name.slice(family.length)}` : `_${shortClass.get(name)}`;
  };
  return (text) =>
    text
      .replace(/\bcv-([a-z][\w-]*)/g, (_, name) => shortened(name))
      .replace(/(?<=var\(|["';{}]\s*)--([a-z]\w*)(?=["']?[:),])/g, (whole, name) =>
        shortProperty.has(name) ? `--${shortProperty.get(name)}` : whole,
      );
}

/** What matches the names of properties that only our own code knows. */
export async function ownProperties() {
  const options = { loader: "tsx", jsx: "automatic", charset: "utf8" };
  const known = new Set(words(KEPT_PROPERTIES));
  const inner = new Set(INNER);
  const quoted = new Set();
  const keep = (names) => {
    for (const name of names) known.add(name);
  };
  const keepTheirs = (names) => keep(names.filter((name) => !OURS.has(name)));
  for (const path of files("node_modules/@typescript", ".d.ts")) {
    if (/\/lib\.(dom|es)[^/]*$/.test(path)) keepTheirs(members(without(read(path))));
  }
  for (const library of ["preact/src", "preact/dist", "preact/hooks", "@preact/signals", "@preact/signals-core"]) {
    const text = (...ends) =>
      files(`node_modules/${library}`, ...ends)
        .filter((path) => !path.includes("/utils/"))
        .map(read)
        .join("\n");
    const code = text("dist/preact.mjs", "dist/hooks.mjs", ".module.js", "preact.mjs", "hooks.mjs");
    keepTheirs(members(without(text(".d.ts"))));
    keepTheirs(words(code));
    for (const name of words(code)) if (/^__[a-z]$/i.test(name)) inner.add(name);
    for (const [, name] of code.matchAll(/["'](\w+)["']/g)) quoted.add(name);
  }
  for (const path of ours().filter(isWire)) keep(words(without(read(path))));

  const found = new Set();
  for (const path of ours().filter((path) => !isWire(path))) {
    const loader = path.endsWith("x") ? "tsx" : "ts";
    const source = read(path);
    const { mangleCache } = await esbuild.transform(source, { ...options, loader, mangleProps: /./, mangleCache: {} });
    for (const name of Object.keys(mangleCache)) found.add(name);
    // Tables that others' words are looked up in, and what stands in a string and so may be used as a name.
    for (const table of source.matchAll(/Record<string,[^=;]*> = (\{[^}]*\})|(\{[^{}]*\}) as Record<string/g))
      keep(words(table[0]));
    const { code } = await esbuild.transform(source, { ...options, loader });
    for (const [, name] of code.matchAll(/["'`]([\w$]+)["'`]/g)) known.add(name);
  }
  if (!known.has("addEventListener"))
    throw new Error("The names of the platform (TypeScript's lib.dom.d.ts) are not found.");
  // Names with an underscore inside are Python's.
  const own = [...found].filter((name) => /^[a-z][a-z\d]{2,}$/i.test(name) && !known.has(name));
  const theirs = [...inner].filter((name) => !quoted.has(name));
  return new RegExp(`^(${[...own, ...theirs].sort().join("|")})$`);
}
