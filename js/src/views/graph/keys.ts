// The keys of the ARIA tree pattern over the steps on the screen, in their order in the document.
import type { Step } from "../../store/steps";
import { claim, isShortcut } from "../../ui/events";
import { typeahead } from "../../ui/tree";

/** Makes an item the one of the tree that Tab reaches. */
export function letTabReach(tree: HTMLElement, item: HTMLElement): void {
  for (const other of tree.querySelectorAll<HTMLElement>("[role=treeitem][tabindex='0']")) other.tabIndex = -1;
  item.tabIndex = 0;
}

export function focusItem(tree: HTMLElement, item: HTMLElement | undefined): void {
  if (!item) return;
  letTabReach(tree, item);
  item.focus();
}

/** The keys with one more, or one less where it is there. */
export function toggled(keys: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

interface TreeActions {
  stepOf(key: string): Step | undefined;
  isOpen(step: Step): boolean;
  toggle(step: Step): void;
  select(step: Step): void;
  /** Goes to the run of the step so many places on. */
  turn(step: Step, by: number): void;
}

export function treeKeys({ stepOf, isOpen, toggle, select, turn }: TreeActions) {
  return (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const tree = event.currentTarget;
    const items = [...tree.querySelectorAll<HTMLElement>("[role=treeitem]")];
    const at = items.indexOf((event.target as HTMLElement).closest("[role=treeitem]") as HTMLElement);
    const step = stepOf(items[at]?.dataset.key ?? "");
    if (!step || isShortcut(event)) return;
    const go = (index: number) => focusItem(tree, items[index]);
    const open = isOpen(step);
    const { key } = event;
    if (event.shiftKey && (key === "ArrowLeft" || key === "ArrowRight")) turn(step, key === "ArrowLeft" ? -1 : 1);
    else if (key === "ArrowDown") go(at + 1);
    else if (key === "ArrowUp") go(at - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(items.length - 1);
    else if (key === "ArrowRight" && open) go(at + 1);
    else if (key === "ArrowRight") step.children.length > 0 && toggle(step);
    else if (key === "ArrowLeft" && open) toggle(step);
    else if (key === "ArrowLeft") go(items.findIndex((item) => item.dataset.key === step.parent?.key));
    else if (key === "Enter" || key === " ") select(step);
    else if (key.length === 1) go(typeahead(items.map(labelled), at, key));
    else return;
    claim(event);
  };
}

const labelled = (item: HTMLElement) => ({ label: item.getAttribute("aria-label") ?? "" });
