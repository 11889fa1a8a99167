// Steps on the clipboard: as text, so that they go from one builder to another.
import type { Fragment } from "../wire/types";

/** What was copied last on this page, for where the browser gives no clipboard. */
let last: Fragment | null = null;

/** A step that is copied, as the text for the clipboard. */
export function copied(fragment: Fragment): string {
  last = fragment;
  return JSON.stringify(fragment);
}

/** The step that a text is, else what was copied last. */
export function fragmentIn(text: string): Fragment | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && "chainviz" in read) return read as Fragment;
  } catch {
    // It is something else.
  }
  return last;
}
