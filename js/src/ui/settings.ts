// What a person chose on this page (views hidden, one maximised), remembered where the browser allows it.
import { type Signal, signal } from "@preact/signals";
import { KEY } from "./language";

function load(): Record<string, unknown> {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof known === "object" && known !== null ? (known as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const made = new Map<string, Signal<unknown>>();

/** A remembered value; one that `valid` refuses gives way to the default. */
export function setting<T>(name: string, initial: T, valid: (value: unknown) => value is T): Signal<T> {
  const known = made.get(name);
  if (known) return known as Signal<T>;
  const stored = load()[name];
  const made_ = signal(valid(stored) ? stored : initial);
  made.set(name, made_ as Signal<unknown>);
  made_.subscribe((value) => {
    const all = load();
    if (Object.hasOwn(all, name) ? all[name] === value : value === initial) return;
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...all, [name]: value }));
    } catch {
      // Private windows and sandboxed frames have no storage; the choice then lasts as long as the page.
    }
  });
  return made_;
}
