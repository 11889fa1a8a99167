// The chain as nested boxes down the page, with what each step is doing.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Step } from "../../store/steps";
import { Empty } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { focusItem, treeKeys } from "./keys";
import { Flow, type GraphState, isFound, StepView } from "./step";
import { GraphTools, ZOOM } from "./tools";

/** The wheel scrolls, as everywhere on the page; with Ctrl it zooms. */
function useZoom() {
  const [zoom, set] = useState(1);
  const scroller = useRef<HTMLDivElement>(null);
  const setZoom = (value: number) => set(Math.round(Math.min(ZOOM.most, Math.max(ZOOM.least, value)) * 100) / 100);
  useEffect(() => {
    const controller = new AbortController();
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      setZoom(zoom - Math.sign(event.deltaY) * ZOOM.step);
    };
    scroller.current?.addEventListener("wheel", onWheel, { passive: false, signal: controller.signal });
    return () => controller.abort();
  }, [zoom, scroller.current]);
  const fit = () => {
    const box = scroller.current;
    if (box) setZoom(Math.min(1, (zoom * box.clientHeight) / box.scrollHeight));
  };
  return { zoom, setZoom, fit, scroller };
}

export function GraphPane() {
  const store = useStore();
  const tree = useRef<HTMLDivElement>(null);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState("");
  const { zoom, setZoom, fit, scroller } = useZoom();
  const steps = store.steps.value;

  const toggle = (step: Step) => {
    const next = new Set(collapsed);
    if (!next.delete(step.key)) next.add(step.key);
    setCollapsed(next);
  };
  const graph: GraphState = { collapsed, found };
  const select = (step: Step) => store.selectStep(step);
  const onKeyDown = treeKeys({
    stepOf: (key) => steps.byKey.get(key),
    isOpen: (step) => step.children.length > 0 && !collapsed.has(step.key),
    toggle,
    select,
  });

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[role=treeitem]");
    const step = steps.byKey.get(item?.dataset.key ?? "");
    if (!step || !item || !tree.current) return;
    focusItem(tree.current, item);
    if (target.closest("[data-toggle]")) toggle(step);
    else select(step);
  };

  // Tab reaches one step: the last that had the focus, at first the root.
  useLayoutEffect(() => {
    const items = tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [];
    if (items[0] && ![...items].some((item) => item.tabIndex === 0)) items[0].tabIndex = 0;
  });

  const firstFound = (text: string) => [...steps.byKey.values()].find((step) => text && isFound(step, text));
  const find = (text: string) => {
    setFound(text);
    const key = firstFound(text)?.key;
    if (key) tree.current?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const openFound = () => {
    const first = firstFound(found);
    if (first) select(first);
  };
  const collapse = (keys: string[]) => setCollapsed(new Set(keys));

  return (
    <Pane
      name="graph"
      tools={<GraphTools {...{ steps, found, zoom, collapsed, find, openFound, setZoom, fit, collapse }} />}
    >
      {steps.roots.length === 0 ? (
        <Empty>{words.noGraph}</Empty>
      ) : (
        <div class="cv-scroll cv-graph" ref={scroller}>
          <div role="tree" aria-label={words.graph} ref={tree} style={{ zoom }} onKeyDown={onKeyDown} onClick={onClick}>
            {steps.roots.map((root, index) => (
              <div role="none" key={root.key} class="cv-chain">
                {root.node && <Flow type={root.node.input_type} />}
                <StepView step={root} level={1} graph={graph} />
                {root.node && <Flow type={root.node.output_type} />}
                {index < steps.roots.length - 1 && <hr />}
              </div>
            ))}
          </div>
        </div>
      )}
    </Pane>
  );
}
