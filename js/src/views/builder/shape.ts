// What a JSON Schema asks of one field, and what is wrong with what was put there.
import { phrases } from "../../ui/builder-words";
import type { Value } from "../../wire/types";
import { type Dict, isDict, str } from "../../wire/values";
import { optionsOf, resolve, typeName } from "../detail/schema";

type Look = "secret" | "choice" | "flag" | "number" | "template" | "text" | "list" | "group" | "json" | "any";

export interface Shape {
  look: Look;
  node: Dict;
  /** None is a value too. */
  nullable: boolean;
}

const isNull = ({ type }: Dict) => type === "null";

/** How a field is filled in: of several types the one that can be typed as it is. */
export function shapeOf(schema: Value | undefined, root: Dict): Shape {
  const outer = resolve(schema, root);
  const options = optionsOf(outer).map((option) => resolve(option, root));
  const types = [outer.type].flat().map((type) => str(type));
  const nullable = options.some(isNull) || types.includes("null");
  const real = options.filter((option) => !isNull(option));
  const chosen = real.length > 1 ? (real.find(({ type }) => type === "string") ?? {}) : real[0];
  const node = { ...outer, ...chosen, ...(outer.description ? { description: outer.description } : {}) };
  return { look: lookOf(node, str(chosen?.type) || (types.find((type) => type !== "null") ?? "")), node, nullable };
}

function lookOf(node: Dict, type: string): Look {
  if (node.format === "password") return "secret";
  if (Array.isArray(node.enum)) return "choice";
  if (type === "boolean") return "flag";
  if (type === "number" || type === "integer") return "number";
  if (type === "string") return node.format === "template" ? "template" : "text";
  if (type === "array") return node.items ? "list" : "json";
  if (type === "object") return node.properties ? "group" : "json";
  return "any";
}

const BOUNDS: [sign: string, name: string, holds: (value: number, bound: number) => boolean][] = [
  ["≥", "minimum", (value, bound) => value >= bound],
  ["≤", "maximum", (value, bound) => value <= bound],
  [">", "exclusiveMinimum", (value, bound) => value > bound],
  ["<", "exclusiveMaximum", (value, bound) => value < bound],
];

/** What a field takes: its type, and the bounds of a number. */
export function typeOf(schema: Value | undefined, root: Dict, node: Dict): string {
  return [
    typeName(schema, root),
    ...BOUNDS.flatMap(([sign, name]) => (name in node ? [`${sign} ${node[name]}`] : [])),
  ].join(" ");
}

const isWithin = (value: number, node: Dict) =>
  (node.type !== "integer" || Number.isInteger(value)) &&
  BOUNDS.every(([, name, holds]) => !(name in node) || holds(value, Number(node[name])));

/** Says in a sentence why a text is no value of the field. */
export class Fault extends Error {}

/** The value that a text means in a field; undefined leaves the field out. */
export function readValue(text: string, shape: Shape, type: string, required: boolean): Value | undefined {
  const { look, node, nullable } = shape;
  if (text.trim() === "" && (nullable || !required)) return nullable ? null : undefined;
  if (look === "number") {
    const value = Number(text.trim() || Number.NaN);
    if (Number.isNaN(value) || !isWithin(value, node)) throw new Fault(phrases.mismatch(type, text));
    return value;
  }
  if (look !== "json" && look !== "any") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (look === "any") return text;
    throw new Fault(phrases.mismatch("JSON", (error as Error).message));
  }
}

/** A value as the text of its field. */
export function textOfValue(value: Value | undefined, { look }: Shape): string {
  if (value === undefined || value === null || look === "secret") return "";
  return typeof value === "string" && look !== "json" ? value : JSON.stringify(value, null, look === "number" ? 0 : 1);
}

/** A new item of a list: what the schema says, else the empty value of its type. */
export function fresh(schema: Value | undefined, root: Dict): Value {
  const { look, node, nullable } = shapeOf(schema, root);
  if ("default" in node) return node.default as Value;
  if (nullable) return null;
  if (look === "choice") return (node.enum as Value[])[0] ?? null;
  if (look === "list") return [];
  if (look === "number") return Number(node.minimum ?? 0);
  if (look === "flag") return false;
  if (look !== "group" || !isDict(node.properties)) return "";
  return Object.fromEntries(Object.entries(node.properties).map(([name, part]) => [name, fresh(part, root)]));
}

export interface Piece {
  text: string;
  variable: boolean;
}

/** A template as its texts and the variables between them: `{these}`, where doubled braces are text, or of mustache
 * `{{these}}`. */
export function piecesOf(template: string, format: Value | undefined): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const pattern = format === "mustache" ? /\{\{\{?[^{}]+\}\}\}?/g : /\{\{|\}\}|\{[^{}]*\}/g;
  for (const match of template.matchAll(pattern)) {
    if (match[0].length === 2 && match[0] !== "{}") continue;
    pieces.push({ text: template.slice(from, match.index), variable: false }, { text: match[0], variable: true });
    from = match.index + match[0].length;
  }
  return [...pieces, { text: template.slice(from), variable: false }].filter(({ text }) => text !== "");
}
