// Keys that are pressed in the tree while an edit is under way wait for it, and go then where the focus is.
import { claim } from "../../ui/events";
import type { Editor } from "./editor";
import { ACTION_OF, keyOf } from "./keys";

/** Not the browser's own, as Tab is, and nothing that only is held with another. */
const OURS = /^(Ctrl\+[zyZ]|Arrow.*|Home|End|.)$/;

/** Gives what keeps a key that has to wait; one that is held down is not pressed again. */
export function typingAhead(editor: Editor): (event: KeyboardEvent) => void {
  const { underWay } = editor.build;
  const held: KeyboardEvent[] = [];
  let replaying = false;
  let pressing = false;

  const replay = async () => {
    if (replaying) return;
    replaying = true;
    while (held.length && !underWay.peek()) {
      pressing = true;
      press(held.shift() as KeyboardEvent, editor.focused());
      pressing = false;
      // What it opens takes the focus.
      await new Promise((done) => setTimeout(done));
    }
    replaying = false;
  };
  underWay.subscribe((count) => count || setTimeout(() => void replay()));

  return (event) => {
    const inTree = held.length || (event.target as HTMLElement).matches("[role=treeitem]");
    const key = keyOf(event);
    if (pressing || !(replaying || underWay.peek()) || !inTree || !(ACTION_OF.has(key) || OURS.test(key))) return;
    if (!event.repeat) held.push(event);
    claim(event);
  };
}

/** Presses a key again; what it stands for is typed where text is. */
function press(event: KeyboardEvent, on: HTMLElement | null): void {
  const typed = on?.dispatchEvent(new KeyboardEvent("keydown", event)) && on.matches("input, textarea");
  if (typed && event.key.length === 1) document.execCommand("insertText", false, event.key);
}
