// One level of a graph of states with its steps where the layout puts them. Until then they stand in a column.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Placed } from "../../layout/level";
import css from "../../style/states.css?inline";
import { wear } from "../../ui/theme";
import type { GraphNode } from "../../wire/types";
import { arranged } from "./arranger";
import { Links, linkSize } from "./links";
import { isEnd } from "./names";
import type { StatesProps } from "./states";

/** Where the steps in the box stand, as of their sizes; anew whenever one changes. */
function usePlaced(node: GraphNode) {
  const box = useRef<HTMLDivElement>(null);
  const [placed, setPlaced] = useState<Placed | null>(null);
  useEffect(() => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>(":scope > .cv-place") ?? [])];
    const links = (node.links ?? []).map(linkSize);
    const start = (node.children ?? []).findIndex(({ kind }) => kind === "start");
    const controller = new AbortController();
    let known = "";
    const measure = () => {
      const nodes = items.map(({ offsetWidth, offsetHeight }) => ({ width: offsetWidth, height: offsetHeight }));
      const key = JSON.stringify(nodes);
      if (key === known) return;
      known = key;
      const draw = (found: Placed) => key === known && !controller.signal.aborted && setPlaced(found);
      arranged({ nodes, links, start }).then(draw, () => {});
    };
    const observer = new ResizeObserver(measure);
    for (const item of items) observer.observe(item);
    controller.signal.addEventListener("abort", () => observer.disconnect());
    measure();
    return () => controller.abort();
  }, [node]);
  return { box, placed };
}

export function PlacedStates({ node, cards }: StatesProps) {
  const { box, placed } = usePlaced(node);
  const isPlaced = placed !== null;
  useLayoutEffect(() => {
    if (box.current) wear(box.current, "states", css);
  }, []);
  // What is wider than the pane is first seen where it begins.
  useLayoutEffect(() => {
    const scroller = box.current?.closest(".cv-scroll");
    const start = box.current?.querySelector(".cv-kind-start");
    if (!isPlaced || !scroller || !start || scroller.scrollLeft > 0) return;
    const [inner, outer] = [start.getBoundingClientRect(), scroller.getBoundingClientRect()];
    scroller.scrollLeft = (inner.left + inner.right - outer.left - outer.right) / 2;
  }, [isPlaced]);
  return (
    <div
      role="none"
      ref={box}
      class={`cv-places ${placed ? "cv-laid" : ""}`}
      style={placed ? { width: `${placed.width}px`, height: `${placed.height}px` } : {}}
    >
      {placed && <Links links={node.links ?? []} placed={placed} />}
      {cards.map((card, index) => {
        const at = placed?.nodes[index];
        return (
          <div
            role="none"
            class={`cv-place ${isEnd(node.children?.[index] ?? node) ? "cv-terminal" : ""}`}
            key={index}
            style={placed && at ? { left: `${at.x - placed.x}px`, top: `${at.y - placed.y}px` } : {}}
          >
            {card}
          </div>
        );
      })}
    </div>
  );
}
