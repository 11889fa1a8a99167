// Writes src/wire/types.ts from the JSON Schema of chainviz/wire/messages.py; with --check only compares.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const target = new URL("src/wire/types.ts", import.meta.url);
const schema = JSON.parse(
  execFileSync(process.env.PYTHON ?? "python3", ["-m", "chainviz.wire.schema"], {
    cwd: new URL("..", import.meta.url),
    encoding: "utf8",
  }),
);

const SCALARS = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" };
const refName = (ref) => ref.slice(ref.lastIndexOf("/") + 1);
const unions = new Map(
  Object.entries(schema.$defs)
    .filter(([, definition]) => definition.anyOf)
    .map(([name, definition]) => [union(definition.anyOf), name]),
);

function union(options) {
  return options.map(typeOf).join(" | ");
}

function typeOf(node) {
  if (node.$ref) return refName(node.$ref);
  if ("const" in node) return JSON.stringify(node.const);
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = node.anyOf ?? node.oneOf;
  if (options) return unions.get(union(options)) ?? union(options);
  if (node.prefixItems) return `[${node.prefixItems.map(typeOf).join(", ")}]`;
  if (node.type === "array") return arrayOf(typeOf(node.items ?? {}));
  if (node.type === "object") return recordOf(node.additionalProperties);
  return SCALARS[node.type] ?? "Value";
}

function arrayOf(item) {
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function recordOf(values) {
  return `Record<string, ${values && values !== true ? typeOf(values) : "Value"}>`;
}

function comment(text, indent) {
  return text ? `${indent}/** ${text.replace(/\s+/g, " ").replaceAll("*/", "* /")} */\n` : "";
}

// A field with a constant is always sent; any other with a default may be left out.
function property([name, node], required) {
  const mark = required.includes(name) || "const" in node ? "" : "?";
  return `${comment(node.description, "  ")}  ${name}${mark}: ${typeOf(node)};\n`;
}

function declaration([name, node]) {
  const head = comment(node.description, "");
  if (node.anyOf) return `${head}export type ${name} = ${union(node.anyOf)};\n`;
  const body = Object.entries(node.properties ?? {}).map((entry) => property(entry, node.required ?? []));
  return `${head}export interface ${name} {\n${body.join("")}}\n`;
}

const source = [
  "// Made by `npm run types` from chainviz/wire/messages.py: do not edit.\n",
  "/** JSON in which an object with a `$type` key stands for a typed Python value. */\n" +
    "export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };\n",
  ...Object.entries(schema.$defs).map(declaration),
].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== source) {
    console.error("js/src/wire/types.ts differs from chainviz/wire/messages.py: run `npm run types`.");
    process.exit(1);
  }
} else {
  writeFileSync(target, source);
}
