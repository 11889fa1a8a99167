// What a step is called, by those who see it and those who hear it.
import type { StepState } from "../../store/metrics";
import type { Step } from "../../store/steps";
import { formatMs } from "../../ui/format";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";

/** An end of a graph of states, which only marks where it begins or stops. */
export const isEnd = ({ kind }: Pick<Step, "kind">) => kind === "start" || kind === "end";

/** What a step is called: a lambda, which has no name, by its source. */
export const nameOf = (step: Step) => {
  if (isEnd(step)) return words.kinds[step.kind];
  const source = step.kind === "lambda" && step.name === step.node?.class_name ? (step.node.source ?? "") : "";
  return source.startsWith("lambda") && !source.includes("\n") ? source : step.name;
};

/** What the step around calls this one. */
export const slotOf = ({ node, parent }: Step) => words.slot(node?.slot ?? "", parent?.kind ?? "");

/** The whole name, and what it is a name of. */
export function titleOf(step: Step): string {
  const what = isEnd(step) ? "" : (step.node?.class_name ?? "");
  return [...new Set([nameOf(step), what])]
    .filter(Boolean)
    .map((text) => oneLine(text, 120))
    .join(", ");
}

export function stepLabel(step: Step, state: StepState | null, at: number): string {
  const parts = [[slotOf(step), nameOf(step)].filter(Boolean).join(": ")];
  if (!isEnd(step)) parts.push(words.kinds[step.kind]);
  if (state) {
    parts.push(words.status[state.status]);
    if (state.count > 1) parts.push(at < 0 ? words.runCount(state.count) : words.runOf(at + 1, state.count));
    if (state.count > 0) parts.push(formatMs(state.spent));
  }
  if (!step.node) parts.push(words.unforeseen);
  return oneLine(parts.join(", "));
}

/** In a graph of states, which steps may follow this one: the links that are drawn, in words. */
export function nextOf({ node, parent }: Step): string | undefined {
  const { children = [], links = [] } = parent?.node ?? {};
  const next = links.flatMap(({ source, target, label }) => {
    const step = children[source] === node ? parent?.children[target] : undefined;
    return step ? [oneLine(nameOf(step) + (label ? ` (${label})` : ""))] : [];
  });
  return next.length > 0 ? words.next(next.join(", ")) : undefined;
}

export function isFound(step: Step, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [nameOf(step), words.kinds[step.kind], slotOf(step)].some((word) => word.toLowerCase().includes(wanted));
}
