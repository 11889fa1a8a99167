// Applying the log's JSON Patch operations. States share what did not change, so an old one stays valid.

import type { Op, Value } from "../wire/types";
import type { Dict } from "../wire/values";

export class BadPatch extends Error {}

export function parsePointer(path: string): string[] {
  if (path === "") return [];
  if (!path.startsWith("/")) throw new BadPatch(`path "${path}": expected a JSON Pointer that starts with "/"`);
  const keys = path.slice(1).split("/");
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function listIndex(list: Value[], key: string, op: Op): number {
  const index = key === "-" && op.op === "add" ? list.length : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  const limit = op.op === "add" ? list.length : list.length - 1;
  if (!(index <= limit)) throw new BadPatch(`path "${op.path}": no place "${key}" in a list of ${list.length}`);
  return index;
}

function changed(op: Op, old: Value | undefined): Value {
  if (op.op !== "append") return op.value ?? null;
  if (typeof old !== "string") throw new BadPatch(`path "${op.path}": append expects a string there`);
  return old + String(op.value ?? "");
}

/** A patcher copies each container at most once: those it made itself (`fresh`) it may change in place. */
export class Patcher {
  private fresh = new Set<Value>();
  private readonly pointers = new Map<string, string[]>();

  apply(state: Value, op: Op): Value {
    // Token after token goes to the same places.
    const keys = this.pointers.get(op.path) ?? parsePointer(op.path);
    this.pointers.set(op.path, keys);
    return this.at(state, keys, 0, op);
  }

  private own<T extends Value[] | Dict>(container: T): T {
    if (this.fresh.has(container)) return container;
    const copy = (Array.isArray(container) ? container.slice() : { ...container }) as T;
    this.fresh.add(copy);
    return copy;
  }

  private at(node: Value, keys: string[], depth: number, op: Op): Value {
    const key = keys[depth];
    if (key === undefined) return changed(op, node);
    const last = depth === keys.length - 1;
    if (Array.isArray(node)) {
      const index = listIndex(node, key, last ? op : { ...op, op: "replace" });
      const inserts = last && op.op === "add";
      const next = inserts ? (op.value ?? null) : this.at(node[index] as Value, keys, depth + 1, op);
      const list = this.own(node);
      if (inserts) list.splice(index, 0, next);
      else list[index] = next;
      return list;
    }
    if (typeof node !== "object" || node === null) throw new BadPatch(`path "${op.path}": nothing holds "${key}"`);
    const known = Object.hasOwn(node, key);
    if (!known && !(last && op.op === "add")) throw new BadPatch(`path "${op.path}": there is no "${key}"`);
    const next = last && op.op === "add" ? (op.value ?? null) : this.at(node[key] as Value, keys, depth + 1, op);
    const dict = this.own(node);
    // A step may be called anything: as a property of the dict's own, this name too is a key like others.
    if (known || key !== "__proto__") dict[key] = next;
    else Object.defineProperty(dict, key, { value: next, writable: true, enumerable: true, configurable: true });
    return dict;
  }
}
