// The step that is running stays in sight, as long as the person has not taken the graph in their own hands.
import { useComputed } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { reveal } from "../../ui/reveal";
import { useStore } from "../context";

const LOOK_BACK = 500;

/** The key of the step that began last of those that still run. */
function useRunning(): string | null {
  const store = useStore();
  return useComputed(() => {
    const { order, count, runs } = store.calm.value;
    for (let at = count - 1; at >= Math.max(0, count - LOOK_BACK); at--) {
      const run = runs.get(order[at] ?? "");
      if (run?.end === null) return store.steps.value.byRun.get(run.id)?.key ?? null;
    }
    return null;
  }).value;
}

export const cardOf = (tree: HTMLElement | null, key: string) =>
  tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] > .cv-step-head`) ?? null;

/** `away`: the person looks elsewhere while a step runs; `leave` says that they do, `back` that they no longer do. */
export function useFollowRun(tree: RefObject<HTMLElement | null>, scroller: HTMLElement | null) {
  const key = useRunning();
  const [own, setOwn] = useState(false);
  // How far it was scrolled, and how much there was, when the step came into sight.
  const seen = useRef([0, 0]);
  useEffect(() => {
    if (own || !key || !scroller) return;
    // Again whenever the size changes: a graph of states is laid out late, and cards grow as they run.
    const observer = new ResizeObserver(() => {
      reveal(cardOf(tree.current, key));
      seen.current = [scroller.scrollTop, scroller.scrollHeight];
    });
    observer.observe(tree.current as HTMLElement);
    return () => observer.disconnect();
  }, [key, own, scroller]);
  return {
    away: own && key !== null,
    leave: () => setOwn(true),
    back: () => setOwn(false),
    onScroll: () => {
      const [top, height] = seen.current as [number, number];
      // Where the size is another, the page scrolls by itself.
      if (scroller?.scrollHeight === height && Math.abs(scroller.scrollTop - top) > 2) setOwn(true);
    },
  };
}
