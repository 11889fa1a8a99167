// The run of a step in the chain's last run, and what came of it.
import { useComputed } from "@preact/signals";
import type { BuildStore } from "../../store/build";
import type { Run } from "../../store/runs";
import type { Step } from "../../store/steps";
import { Store } from "../../store/store";
import type { Value } from "../../wire/types";
import { useEditor } from "./editor";

/** Of a builder that has not run. */
const NOTHING = new Store();

export const traceOf = (build: BuildStore): Store => build.trace.value ?? NOTHING;

export const useTrace = () => traceOf(useEditor().build);

/** What a step of the builder was in the chain that ran last. */
export function stepOf(build: BuildStore, id: string): Step | undefined {
  const path = build.paths.value.get(id);
  return path === undefined ? undefined : traceOf(build).steps.value.byKey.get(`0:${path}`);
}

/** The last run of a step, and null where the chain's last run had none. */
export function useLastRun(id: string): Run | null {
  const { build } = useEditor();
  return useComputed(() => {
    const last = stepOf(build, id)?.runs.at(-1);
    return traceOf(build).trace.value.runs.get(last ?? "") ?? null;
  }).value;
}

/** The last output of a step: what it is giving now, else what the kernel has kept. */
export function useLastOutput(id: string): Value | undefined {
  const { build } = useEditor();
  const run = useLastRun(id);
  const texts = run?.end === null ? run.texts() : null;
  const kept = useComputed(() => build.previews.value[id]).value;
  return texts?.length ? texts.join("") : (run?.output ?? kept);
}
