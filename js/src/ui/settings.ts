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

const settings = new Map<string, Signal<unknown>>();

/** A remembered value; one that `valid` refuses gives way to the default. */
export function setting<T>(name: string, initial: T, valid: (value: unknown) => value is T): Signal<T> {
  const known = settings.get(name);
  if (known) return known as Signal<T>;
  const stored = load()[name];
  const chosen = signal(valid(stored) ? stored : initial);
  settings.set(name, chosen as Signal<unknown>);
  chosen.subscribe((value) => {
    const all = load();
    if (Object.hasOwn(all, name) ? all[name] === value : value === initial) return;
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...all, [name]: value }));
    } catch {
      // Private windows and sandboxed frames have no storage; the choice then lasts as long as the page.
    }
  });
  return chosen;
}
