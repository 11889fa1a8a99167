// The calls of tools that a model asked for.
import { oneLine } from "../../ui/text";
import type { Value } from "../../wire/types";
import { isDict, isMessage, isTyped, str } from "../../wire/values";
import { brief } from "./rows";

interface ToolCall {
  /** The call as Python writes it, in one line. */
  text: string;
  args: Value;
}

export function callsOf(output: Value | undefined): ToolCall[] {
  if (isTyped(output, "object") && isDict(output.fields)) return callsOf(output.fields.message);
  if (!isMessage(output) || !Array.isArray(output.tool_calls)) return [];
  return output.tool_calls.filter(isDict).map(({ name, args = {} }) => {
    const given = isDict(args) ? Object.entries(args).map(([key, value]) => `${key}=${brief(value, 60)}`) : [];
    return { text: oneLine(`${str(name)}(${given.join(", ")})`), args };
  });
}
