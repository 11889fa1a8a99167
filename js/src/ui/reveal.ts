import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const MARGIN = 6;

/** Brings an element into sight inside its scroller; the page around stays where it is. */
export function reveal(element: HTMLElement | null): void {
  const outer = element?.closest<HTMLElement>(".cv-scroll");
  if (!element || !outer) return;
  const box = element.getBoundingClientRect();
  const frame = outer.getBoundingClientRect();
  if (box.top < frame.top) outer.scrollTop -= frame.top - box.top + MARGIN;
  else if (box.bottom > frame.bottom) outer.scrollTop += box.bottom - frame.bottom + MARGIN;
  if (box.left < frame.left) outer.scrollLeft -= frame.left - box.left + MARGIN;
  else if (box.right > frame.right) outer.scrollLeft += box.right - frame.right + MARGIN;
}

/** Reveals an element when `on` becomes true. */
export function useReveal(element: RefObject<HTMLElement | null>, on: boolean): void {
  useEffect(() => {
    if (on) reveal(element.current);
  }, [on]);
}
