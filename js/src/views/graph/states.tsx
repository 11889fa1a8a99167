// One level of a graph of states: its steps where the layout puts them. Until then they stand in a column.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Level, Placed } from "../../layout/level";
import { NoAnswer } from "../../wire/requests";
import type { GraphNode } from "../../wire/types";
import { useStore } from "../context";
import { arranged } from "./arranger";
import { Links, linkSize } from "./links";

interface StatesProps {
  node: GraphNode;
  /** The cards of the node's children, in their order. */
  cards: ComponentChildren[];
}

/** Where the steps in the box stand, as of their sizes; anew whenever one changes. */
function usePlaced(node: GraphNode) {
  const { ask } = useStore();
  const box = useRef<HTMLDivElement>(null);
  const [placed, setPlaced] = useState<Placed | null>(null);
  useEffect(() => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>(":scope > .cv-place") ?? [])];
    const links = (node.links ?? []).map(linkSize);
    const start = (node.children ?? []).findIndex(({ kind }) => kind === "start");
    const controller = new AbortController();
    let known = "";
    const place = async (level: Level, key: string) => {
      try {
        const found = await arranged(level, ask);
        if (key === known && !controller.signal.aborted) setPlaced(found);
      } catch (error) {
        if (error instanceof NoAnswer && key === known && !controller.signal.aborted) void place(level, key);
      }
    };
    const measure = () => {
      const nodes = items.map(({ offsetWidth, offsetHeight }) => ({ width: offsetWidth, height: offsetHeight }));
      const key = JSON.stringify(nodes);
      if (key === known) return;
      known = key;
      void place({ nodes, links, start }, key);
    };
    const observer = new ResizeObserver(measure);
    for (const item of items) observer.observe(item);
    controller.signal.addEventListener("abort", () => observer.disconnect());
    measure();
    return () => controller.abort();
  }, [node, ask]);
  return { box, placed };
}

export function States({ node, cards }: StatesProps) {
  const { box, placed } = usePlaced(node);
  const isPlaced = placed !== null;
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
            class="cv-place"
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
