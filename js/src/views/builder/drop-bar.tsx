// What a step can be dragged to besides the tree, below it while something is dragged; it says what dropping would do.
import { phrases } from "../../ui/builder-words";
import { actionsOf } from "./actions";
import { useEditor } from "./editor";

const ZONES = ["delete", "drop", "extract", "duplicate", "edit", "rename"] as const;

export function DropBar() {
  const editor = useEditor();
  const drag = editor.drag.value;
  if (!drag) return null;
  const actions = drag.site ? actionsOf(editor, drag.site) : {};
  return (
    <div class="cv-drop-bar">
      {ZONES.map(
        (name) =>
          actions[name] && (
            <span key={name} class="cv-chip" data-do={name}>
              {phrases.actions[name]}
            </span>
          ),
      )}
      <span role="status">{drag.word}</span>
    </div>
  );
}
