// Dragging steps and components to a slot, before a step, or after it.
import type { Site } from "../../store/outline";
import type { Position } from "../../wire/types";
import { beside, type Editor, type Side } from "./editor";

type Dragged = { component: string } | { node: string; editor: Editor };

/** What is dragged on this page: a browser hides it until it is dropped. */
let dragged: Dragged | null = null;

export function beginDrag(event: DragEvent, what: Dragged): void {
  dragged = what;
  event.dataTransfer?.setData("text/plain", "");
  event.stopPropagation();
}

interface Spot {
  at: Position;
  element: HTMLElement;
  mark: string;
}

/** Where what is over the tree would be dropped: slots of one group change places, all else goes above or below. */
function spotOf(event: DragEvent, { build }: Editor): Spot | null {
  const target = event.target as HTMLElement;
  const edge = target.closest<HTMLElement>("[data-edge]");
  const element = edge ?? target.closest<HTMLElement>("[role=treeitem]");
  const site = build.sites.peek().get(edge?.dataset.node ?? element?.dataset.key ?? "");
  if (!site?.parent || !element) return null;
  if (edge) return { at: beside(site, edge.dataset.edge as Side), element, mark: "in" };
  if (site.node.empty) return { at: beside(site, "before"), element, mark: "in" };
  const { left, top, width, height } = element.getBoundingClientRect();
  const swaps = site.node.slot_kind !== "step" && isSibling(site, build.sites.peek());
  const first = swaps ? event.clientX < left + width / 2 : event.clientY < top + height / 2;
  const side = first ? "before" : "after";
  const marks = swaps ? ["left", "right"] : ["above", "below"];
  return { at: beside(site, side), element, mark: marks[first ? 0 : 1] as string };
}

function isSibling({ parent }: Site, sites: Editor["build"]["sites"]["value"]): boolean {
  return dragged !== null && "node" in dragged && sites.get(dragged.node)?.parent === parent;
}

/** True where a step would be dropped into itself. */
function isInside({ at }: Spot, { build }: Editor): boolean {
  if (!dragged || !("node" in dragged)) return false;
  let site = build.sites.peek().get(at.parent);
  while (site && site.node.id !== dragged.node) site = site.parent ?? undefined;
  return site !== undefined;
}

let marked: HTMLElement | null = null;

function mark(spot: Spot | null): void {
  if (marked) delete marked.dataset.drop;
  marked = spot?.element ?? null;
  if (spot) spot.element.dataset.drop = spot.mark;
}

/** The listeners of the tree. */
export function dropZone(editor: Editor) {
  const spot = (event: DragEvent) => {
    const found = dragged && spotOf(event, editor);
    return found && !isInside(found, editor) ? found : null;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const node = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]")?.dataset.key;
      if (node) beginDrag(event, { node, editor });
    },
    onDragOver: (event: DragEvent) => {
      const found = spot(event);
      mark(found);
      if (found) event.preventDefault();
    },
    onDragLeave: () => mark(null),
    onDragEnd: () => {
      mark(null);
      dragged = null;
    },
    onDrop: (event: DragEvent) => {
      const found = spot(event);
      mark(null);
      if (!found || !dragged) return;
      event.preventDefault();
      void drop(editor, dragged, found.at);
      dragged = null;
    },
  };
}

async function drop(editor: Editor, what: Dragged, to: Position): Promise<void> {
  if ("component" in what) editor.put(what.component, { at: to });
  else if (what.editor === editor) editor.edit({ op: "move", node: what.node, to });
  else {
    const text = await what.editor.build.copy(what.node);
    if (text !== null) editor.build.paste(text, to);
  }
}
