// In a step's card: the last that it gave, in a line.
import { oneLine } from "../../ui/text";
import { textOf } from "../../wire/values";
import { brief } from "../value/rows";
import { useLastOutput } from "./last";

const ROOM = 140;

export function Preview({ id }: { id: string }) {
  const output = useLastOutput(id);
  if (output === undefined || output === null) return null;
  const text = textOf(output);
  // Of what is still growing, the end is new.
  return (
    <span class="cv-params cv-tone-string">
      <span>{text ? oneLine(text.slice(-ROOM), ROOM) : brief(output, ROOM)}</span>
    </span>
  );
}
