// Which panes stand in the panel, which is maximised: chosen on this page and remembered.
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { setting } from "../ui/settings";

export const PANES = ["graph", "tokens", "state", "timeline", "details"] as const;
export type PaneName = (typeof PANES)[number];

const isPane = (value: unknown): value is PaneName => PANES.includes(value as PaneName);

export const hidden: Signal<PaneName[]> = setting<PaneName[]>(
  "hidden",
  [],
  (value): value is PaneName[] => Array.isArray(value) && value.every(isPane),
);

export const maximised: Signal<PaneName | null> = setting<PaneName | null>(
  "maximised",
  null,
  (value): value is PaneName | null => value === null || isPane(value),
);

export const isShown = (pane: PaneName): boolean =>
  maximised.value ? pane === maximised.value : !hidden.value.includes(pane);

export function show(pane: PaneName, on: boolean): void {
  hidden.value = on ? hidden.value.filter((name) => name !== pane) : [...hidden.value, pane];
  if (on || maximised.value === pane) maximised.value = null;
}

export function maximise(pane: PaneName | null): void {
  maximised.value = pane;
}

/** Set inside a panel; a view that stands alone has nothing to share its room with. */
export const InPanel = createContext(false);
