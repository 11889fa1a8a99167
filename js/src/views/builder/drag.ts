// Dragging steps and components, from builder to builder too; a word says what dropping would do.
import type { Site } from "../../store/outline";
import { phrases } from "../../ui/builder-words";
import { oneLine } from "../../ui/text";
import type { Position } from "../../wire/types";
import { actionsOf } from "./actions";
import { type ActionName, beside, type Editor, type Side } from "./editor";

type Dragged = { component: string; label: string; wraps: boolean; site?: undefined } | { site: Site; editor: Editor };

/** What is dragged on this page: a browser hides it until it is dropped. */
let dragged: Dragged | null = null;

const WHOLE = "0 0 0 2px";
const { actions, inside } = phrases;

export function beginDrag(event: DragEvent, editor: Editor, what: Dragged): void {
  dragged = what;
  event.dataTransfer?.setData("text/plain", "");
  event.stopPropagation();
  const { site } = what;
  void editor.build.findMisfits(site ? { node: site.node.id } : { component: what.component });
  // A browser gives up a drag whose beginning changes the page.
  setTimeout(() => {
    editor.drag.value = { word: "", site };
  });
}

interface Spot {
  element: HTMLElement;
  /** The shadow that marks where it falls. */
  mark: string;
  word: string;
  /** Without it, nothing can be dropped there. */
  run?: (() => void) | undefined;
}

/** Where what is over the tree would be dropped, and what that would do. */
function spotOf(event: DragEvent, editor: Editor): Spot | null {
  const { build } = editor;
  const what = dragged;
  const element = (event.target as HTMLElement).closest<HTMLElement>(
    "[data-do], [data-add], [data-edge], [role=treeitem]",
  );
  if (!what || !element) return null;
  const from = what.site && what.editor === editor ? what.site : undefined;
  const { do: action, add, edge, node: id, key } = element.dataset;
  if (action && from) {
    const name = action as ActionName;
    const run = () => {
      build.select(from.node.id);
      actionsOf(editor, from)[name]?.();
    };
    return { element, mark: WHOLE, word: actions[name], run };
  }
  const site = build.sites.peek().get(add ?? id ?? key ?? "");
  if (!site) return null;
  if (from && element.closest(`[data-key="${from.node.id}"]`)) return { element, mark: "", word: inside };
  const { node, parent } = site;
  const copies = from && (event.altKey || event.ctrlKey);
  const spot = (word: ActionName, at: Position, mark = WHOLE, side = at.index) => {
    const why = build.misfits.peek()[node.id]?.[side];
    const said = actions[copies ? "duplicate" : word] + (word === "wrap" && !what.site ? ` ${what.label}` : "");
    return {
      ...{ element, mark, word: why ? `${said} ✗ ${oneLine(why, 120)}` : said },
      run: () => void drop(editor, what, at, copies),
    };
  };
  if (add) return spot("add", { parent: node.id, index: node.children.length });
  if (node.empty) return spot("fill", beside(site, "before"), WHOLE, "onto");
  if (edge) return spot(edge as Side, beside(site, edge as Side));
  const { left, top, width, height } = (element.firstElementChild as HTMLElement).getBoundingClientRect();
  // Slots of one group change places, all else goes above or below.
  const swaps = node.slot_kind !== "step" && from?.parent === parent;
  const share = swaps ? (event.clientX - left) / width : (event.clientY - top) / height;
  if (parent && share < 0.3) return spot("before", beside(site, "before"), swaps ? "-3px 0" : "0 -3px");
  if (parent && share > 0.7) return spot("after", beside(site, "after"), swaps ? "3px 0" : "0 3px");
  const wraps = "wraps" in what && what.wraps;
  if (!wraps && !parent) return null;
  const frees = from && element.querySelector(`[data-key="${from.node.id}"]`);
  return spot(wraps ? "wrap" : frees ? "unwrap" : "replace", { parent: node.id, index: "onto" });
}

let marked: HTMLElement | null = null;

function mark({ drag }: Editor, spot: Spot | null): void {
  if (marked) {
    marked.style.boxShadow = "";
    delete marked.dataset.drop;
  }
  marked = spot?.element ?? null;
  const word = spot?.word ?? "";
  if (spot) {
    spot.element.style.boxShadow = `${spot.mark} var(--blue)`;
    spot.element.dataset.drop = word;
  }
  const now = drag.peek();
  if (now && now.word !== word) drag.value = { ...now, word };
}

/** The listeners of the tree. */
export function dropZone(editor: Editor) {
  const end = () => {
    mark(editor, null);
    editor.drag.value = dragged = null;
  };
  return {
    onDragStart: (event: DragEvent) => {
      const key = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]")?.dataset.key;
      const site = editor.build.sites.peek().get(key ?? "");
      if (site?.parent) beginDrag(event, editor, { site, editor });
    },
    onDragOver: (event: DragEvent) => {
      const spot = spotOf(event, editor);
      mark(editor, spot);
      if (spot?.run) event.preventDefault();
    },
    onDragLeave: () => mark(editor, null),
    onDragEnd: end,
    onDrop: (event: DragEvent) => {
      spotOf(event, editor)?.run?.();
      event.preventDefault();
      end();
    },
  };
}

async function drop(editor: Editor, what: Dragged, to: Position, copies?: boolean): Promise<void> {
  if (!what.site) editor.put(what.component, { at: to });
  else if (what.editor === editor) editor.edit({ op: copies ? "duplicate" : "move", node: what.site.node.id, to });
  else {
    const text = await what.editor.build.copy(what.site.node.id);
    if (text !== null) editor.build.paste(text, () => to);
  }
}
