// What views do with events.

/** Keeps an event from the browser and from what stands around. */
export function claim(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

/** True for the keys of a shortcut, which are the browser's or the notebook's. */
export const isShortcut = (event: KeyboardEvent) => event.ctrlKey || event.metaKey || event.altKey;
