// A JSON Schema as a readable type tree, in Python's words.

import { oneLine } from "../../ui/text";
import type { TreeRow } from "../../ui/tree";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { type Dict, isDict, str } from "../../wire/values";
import { brief } from "../value/rows";

interface SchemaRow extends TreeRow {
  name: string;
  type: string;
  /** Undefined where being required says nothing (a list's item, one of several types). */
  required: boolean | undefined;
  about: string;
}

const NAMES: Record<string, string> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  null: "None",
  object: "dict",
  array: "list",
};

/** Follows references inside the schema; one that leads nowhere is an empty schema. */
export function resolve(schema: Value | undefined, root: Dict): Dict {
  let node = isDict(schema) ? schema : {};
  for (let hops = 0; typeof node.$ref === "string" && hops < 32; hops++) {
    let target: Value = root;
    for (const key of node.$ref.replace(/^#\/?/, "").split("/")) {
      target = isDict(target) && Object.hasOwn(target, key) ? (target[key] as Value) : {};
    }
    node = isDict(target) ? target : {};
  }
  return node;
}

export const optionsOf = (node: Dict): Value[] => {
  const options = node.anyOf ?? node.oneOf ?? node.allOf;
  return Array.isArray(options) ? options : [];
};

export function typeName(schema: Value | undefined, root: Dict, depth = 0): string {
  const node = resolve(schema, root);
  if (depth > 4) return "…";
  const options = optionsOf(node);
  if (options.length) return [...new Set(options.map((option) => typeName(option, root, depth + 1)))].join(" | ");
  if ("const" in node) return JSON.stringify(node.const);
  if (Array.isArray(node.enum)) return node.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (node.type === "array") return node.items ? `list[${typeName(node.items, root, depth + 1)}]` : "list";
  if (node.type === "object" && isDict(node.properties)) return str(node.title) || "dict";
  if (node.type === "object" && isDict(node.additionalProperties)) {
    return `dict[str, ${typeName(node.additionalProperties, root, depth + 1)}]`;
  }
  if (Array.isArray(node.type)) return node.type.map((type) => NAMES[str(type)] ?? str(type)).join(" | ");
  return NAMES[str(node.type)] ?? words.anyValue;
}

interface Part {
  name: string;
  schema: Value | undefined;
  required: boolean | undefined;
}

/** What a type consists of: an object's properties, a list's item, the objects among several types. A type that leads
 * `through` lists and alternatives to itself has no more to tell. */
function partsOf(schema: Value | undefined, root: Dict, through: Dict[] = []): Part[] {
  const node = resolve(schema, root);
  if (through.includes(node)) return [];
  const below = [...through, node];
  if (isDict(node.properties)) {
    const required = Array.isArray(node.required) ? node.required : [];
    return Object.entries(node.properties).map(([name, part]) => ({
      name,
      schema: part,
      required: required.includes(name),
    }));
  }
  if (node.type === "array" && node.items) {
    return partsOf(node.items, root, below).length ? [{ name: "[…]", schema: node.items, required: undefined }] : [];
  }
  const options = optionsOf(node).filter((option) => partsOf(option, root, below).length > 0);
  if (options.length === 1) return partsOf(options[0], root, below);
  return options.map((option) => ({ name: typeName(option, root), schema: option, required: undefined }));
}

export function schemaRows(schema: Dict, isOpen: (key: string, level: number) => boolean): SchemaRow[] {
  const rows: SchemaRow[] = [];
  const walk = (parts: Part[], path: string, level: number) =>
    parts.forEach(({ name, schema: part, required }, index) => {
      const key = `${path}/${index}`;
      const node = resolve(part, schema);
      const inside = partsOf(part, schema);
      const open = inside.length ? isOpen(key, level) : undefined;
      const type = typeName(part, schema);
      const optional = required === false;
      rows.push({
        key,
        level,
        open,
        place: index + 1,
        of: parts.length,
        name: oneLine(name, 80),
        type: type === name ? "" : oneLine(type, 160),
        required,
        about: oneLine(
          str(node.description) || ("default" in node && optional ? `= ${brief(node.default ?? null)}` : ""),
        ),
        label: oneLine(`${name}: ${type}${optional ? `, ${words.optional}` : ""}`),
      });
      if (open) walk(inside, key, level + 1);
    });
  walk(partsOf(schema, schema), "", 1);
  return rows;
}
