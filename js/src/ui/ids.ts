import { useState } from "preact/hooks";

let last = 0;

/** An id for an element of this component, the same as long as it lives. */
export function useId(): string {
  return useState(() => `cv-${++last}`)[0];
}
