// In a step's card: the last that it gave, in a line.
import { oneLine } from "../../ui/text";
import { isTyped, textOf } from "../../wire/values";
import { brief } from "../value/rows";
import { useLastOutput } from "./last";

const ROOM = 140;

export function Preview({ id }: { id: string }) {
  const output = useLastOutput(id);
  if (output === undefined || output === null) return null;
  // Of a prompt, the question itself.
  const said = isTyped(output, "prompt") && Array.isArray(output.messages) ? output.messages.at(-1) : output;
  const text = textOf(said);
  // Of what is still growing, the end is new.
  return (
    <span class="cv-params cv-tone-string">
      <span>{text ? oneLine(text.slice(-ROOM), ROOM) : brief(output, ROOM)}</span>
    </span>
  );
}
