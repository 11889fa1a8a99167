// The chain as nested boxes down the page, with what each step is doing.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Step } from "../../store/steps";
import { Button, Empty } from "../../ui/parts";
import { reveal } from "../../ui/reveal";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { cardOf, useFollowRun } from "./follow";
import { focusItem, toggled, treeKeys } from "./keys";
import { isFound } from "./names";
import { choose, turn } from "./pages";
import { Flow, type GraphState, StepView, useStanding } from "./step";
import { GraphTools, ZOOM } from "./tools";

const isStates = (step: Step) => step.kind === "graph";
const hasStates = (step: Step): boolean => isStates(step) || step.children.some(hasStates);

/** The wheel scrolls, as everywhere on the page; with Ctrl it zooms. */
function useZoom() {
  const [zoom, set] = useState(1);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const setZoom = (value: number) => set(Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, value)) * 100) / 100);
  useEffect(() => {
    const controller = new AbortController();
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      setZoom(zoom - Math.sign(event.deltaY) * ZOOM.step);
    };
    scroller?.addEventListener("wheel", onWheel, { passive: false, signal: controller.signal });
    return () => controller.abort();
  }, [zoom, scroller]);
  const fit = () => {
    if (!scroller) return;
    const { clientHeight, scrollHeight, clientWidth, scrollWidth } = scroller;
    setZoom(Math.min(1, zoom * Math.min(clientHeight / scrollHeight, clientWidth / scrollWidth)));
  };
  return { zoom, setZoom, fit, scroller, setScroller };
}

export function GraphPane() {
  const store = useStore();
  const tree = useRef<HTMLDivElement>(null);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState("");
  const { zoom, setZoom, fit, scroller, setScroller } = useZoom();
  const follow = useFollowRun(tree, scroller);
  const steps = store.steps.value;

  const collapse = (keys: Iterable<string>) => {
    follow.leave();
    setCollapsed(new Set(keys));
  };
  const toggle = ({ key }: Step) => collapse(toggled(collapsed, key));
  const graph: GraphState = { collapsed, found, useStanding };
  const select = (step: Step) => {
    follow.leave();
    choose(store, step);
  };
  const onKeyDown = treeKeys({
    stepOf: (key) => steps.byKey.get(key),
    isOpen: (step) => step.children.length > 0 && !collapsed.has(step.key),
    toggle,
    select,
    turn: (step, by) => turn(store, step, by),
  });

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[role=treeitem]");
    const step = steps.byKey.get(item?.dataset.key ?? "");
    if (!step || !item || !tree.current) return;
    focusItem(tree.current, item);
    const page = target.closest<HTMLElement>("[data-page]")?.dataset.page;
    if (target.closest("[data-toggle]")) toggle(step);
    else if (page) turn(store, step, Number(page));
    else select(step);
  };

  // Tab reaches one step: the last that had the focus, at first the root.
  useLayoutEffect(() => {
    const items = tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [];
    if (items[0] && ![...items].some((item) => item.tabIndex === 0)) items[0].tabIndex = 0;
  });

  /** The steps with this text, in the order of the graph. */
  const matches = (text: string) => [...steps.byKey.values()].filter((step) => text && isFound(step, text));
  const find = (text: string) => {
    setFound(text);
    const [first] = matches(text);
    if (first) reveal(cardOf(tree.current, first.key));
  };
  const nextFound = () => {
    const all = matches(found);
    const next = all[(all.findIndex((step) => step.key === store.step.value?.key) + 1) % all.length];
    if (!next) return;
    const open = new Set(collapsed);
    for (let step = next.parent; step; step = step.parent) open.delete(step.key);
    setCollapsed(open);
    select(next);
  };

  return (
    <Pane
      name="graph"
      tools={<GraphTools {...{ steps, found, zoom, collapsed, find, nextFound, setZoom, fit, collapse }} />}
    >
      {steps.roots.length === 0 ? (
        <Empty>{words.noGraph}</Empty>
      ) : (
        <div class="cv-scroll cv-graph" ref={setScroller} onScroll={follow.onScroll}>
          <div role="tree" aria-label={words.graph} ref={tree} style={{ zoom }} onKeyDown={onKeyDown} onClick={onClick}>
            {steps.roots.map((root, index) => (
              <div role="none" key={root.key} class={`cv-chain ${hasStates(root) ? "cv-wide" : ""}`}>
                {root.node && !isStates(root) && <Flow type={root.node.input_type} />}
                <StepView step={root} level={1} graph={graph} />
                {root.node && !isStates(root) && <Flow type={root.node.output_type} />}
                {index < steps.roots.length - 1 && <hr role="none" />}
              </div>
            ))}
          </div>
        </div>
      )}
      {follow.away && <Button class="cv-to-end" icon="down" label={words.follow} onClick={follow.back} />}
    </Pane>
  );
}
