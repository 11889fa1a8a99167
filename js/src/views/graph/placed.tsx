// One level of a graph of states with its steps where the layout puts them. Until then they stand in a column.
import type { RefObject } from "preact";
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

/** Of what stands around the box in its pane, on both sides. */
const AROUND = 40;
/** Smaller than this nothing can be read: the pane then scrolls. */
const LEAST = 0.7;

/** What makes so wide a box as wide as its pane. A level inside of another one has what that has. */
function useScale(box: RefObject<HTMLElement | null>, width: number | undefined): number {
  const [room, setRoom] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const scroller = box.current?.closest(".cv-scroll");
    if (!scroller || box.current?.parentElement?.closest(".cv-places")) return;
    const observer = new ResizeObserver(() => setRoom(scroller.clientWidth - AROUND));
    observer.observe(scroller);
    return () => observer.disconnect();
  }, []);
  return width === undefined ? 1 : Math.max(LEAST, Math.min(1, room / width));
}

export function PlacedStates({ node, cards }: StatesProps) {
  const { box, placed } = usePlaced(node);
  const zoom = useScale(box, placed?.width);
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
      style={placed ? { zoom, width: `${placed.width}px`, height: `${placed.height}px` } : {}}
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
