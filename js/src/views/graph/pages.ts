// A step may run many times (for each item, again on a retry, in a batch): which run is shown, and how to turn to
// another one.
import type { Step } from "../../store/steps";
import type { Store } from "../../store/store";

/** The place, from 0, of the selected run among those of its step; -1 where none of them is selected. */
export const placeOf = (store: Store, step: Step) => step.runs.indexOf(store.selection.value.run ?? "");

/** Selects the run of a step `by` places on. */
export function turn(store: Store, step: Step, by: number): void {
  const at = placeOf(store, step);
  const run = step.runs[at < 0 ? step.runs.length - 1 : at + by];
  if (run !== undefined) store.selectRun(run);
}

/** Selects a step: of its runs the one nearest to the selected run, so that one item can be looked at step by step. */
export function choose(store: Store, step: Step): void {
  const { runs } = store.trace.value;
  const line = new Set<string>();
  for (let run = store.run.value; run; run = runs.get(run.parent ?? "") ?? null) line.add(run.id);
  const depthOf = (id: string) => {
    let at = runs.get(id);
    while (at && !line.has(at.id)) at = runs.get(at.parent ?? "");
    return at?.depth ?? -1;
  };
  let [nearest, depth] = ["", -1];
  if (line.size > 0) {
    for (const id of step.runs) {
      const found = depthOf(id);
      if (found >= depth) [nearest, depth] = [id, found];
    }
  }
  if (depth < 0) store.selectStep(step);
  else store.selectRun(nearest);
}
