// What the builder adds to the graph's cards: the edges with their types and misfits, the places where steps can be put.
import { useComputed } from "@preact/signals";
import { type Site, siblingOf } from "../../store/outline";
import type { Step } from "../../store/steps";
import { phrases } from "../../ui/builder-words";
import { Icon } from "../../ui/icons";
import { oneLine } from "../../ui/text";
import { type Dress, FlowType, type Standing, useStepState } from "../graph/step";
import { grows } from "./actions";
import { type Editor, useEditor } from "./editor";
import { stepOf, traceOf } from "./last";
import { Preview } from "./preview";

/** How a step stands in the last run, wherever it has been moved since. */
export function useStanding(step: Step): Standing {
  const { build } = useEditor();
  const state = useStepState(
    () => traceOf(build),
    () => stepOf(build, step.key),
  );
  const selected = useComputed(() => build.site.value?.node.id === step.key).value;
  return { state, selected, at: -1 };
}

/** The type on a way: into a step of a sequence, out of its last one. */
function typeOn(site: Site, after: boolean): string {
  const { node, parent } = site;
  const outermost = parent?.parent === null;
  if (after) return outermost ? node.output_type : "";
  if (node.slot_kind !== "step") return "";
  return siblingOf(site, -1)?.output_type ?? (outermost ? node.input_type : "");
}

function Edge({ step, after }: { step: Step; after: boolean }) {
  const { build } = useEditor();
  const problem = useComputed(() => (after ? undefined : build.problems.value.get(step.key))).value;
  const type = useComputed(() => {
    const site = build.sites.value.get(step.key);
    return site ? typeOn(site, after) : "";
  }).value;
  const side = after ? "after" : "before";
  return (
    <div class="cv-flow" aria-hidden="true" data-node={step.key} data-edge={side} title={phrases.actions[side]}>
      {problem ? (
        <span class="cv-problem" title={oneLine(problem.message)}>
          <Icon name="failed" />
          {oneLine(
            problem.expected && problem.got ? phrases.mismatch(problem.expected, problem.got) : problem.message,
            120,
          )}
          {problem.fixes.map((fix) => (
            <span key={fix.id} class="cv-fix" data-fix={fix.id}>
              {oneLine(fix.label, 60)}
            </span>
          ))}
        </span>
      ) : (
        <FlowType type={type} />
      )}
      <span class="cv-plus">
        <Icon name="assign" />
      </span>
    </div>
  );
}

export function dressOf({ build }: Editor): Dress {
  // A card is drawn anew when its node is another one.
  const nodeOf = (step: Step) => build.sites.peek().get(step.key)?.node;
  return {
    useItem(step) {
      const node = nodeOf(step);
      const wrong = useComputed(() => build.problems.value.get(step.key)?.message).value;
      const notes = [node?.empty && phrases.empty, node?.variable, node?.unknown && phrases.unknown];
      return {
        class: node?.empty || node?.unknown ? "cv-dashed" : "",
        "aria-description": [...notes, wrong].filter(Boolean).join(". ") || undefined,
      };
    },
    edge: (step, after) => <Edge step={step} after={after} />,
    note(step) {
      const node = nodeOf(step);
      return (
        <>
          {node?.unknown && <span class="cv-failed-text">{phrases.unknown}</span>}
          {node?.empty && <span class="cv-note cv-muted">{phrases.empty}</span>}
          {node?.variable && <span class="cv-type">{oneLine(node.variable, 40)}</span>}
          <span class="cv-button cv-dots" data-menu="">
            <Icon name="streaming" />
          </span>
        </>
      );
    },
    foot: ({ key }) => <Preview id={key} />,
    more: (step) => {
      const site = build.sites.peek().get(step.key);
      return (
        site &&
        grows(site) && (
          <span class="cv-button cv-add-slot" aria-hidden="true" data-add={step.key} title={phrases.actions.add}>
            <Icon name="assign" />
          </span>
        )
      );
    },
  };
}
