// One step of the graph: a card, and for a group the box of its children.
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { type StepState, stepState } from "../../store/metrics";
import type { Step, Steps } from "../../store/steps";
import type { Store } from "../../store/store";
import { formatMs } from "../../ui/format";
import { Badge, Icon, Status } from "../../ui/icons";
import { useReveal } from "../../ui/reveal";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { isText } from "../../wire/values";
import { useStore } from "../context";
import { brief } from "../value/rows";
import { isEnd, isFound, nameOf, nextOf, slotOf, stepLabel, titleOf } from "./names";
import { placeOf } from "./pages";
import { States } from "./states";

/** What a builder adds to the picture of a chain. */
export interface Dress {
  /** More of a step's treeitem: a hook, as what it says may change while the step does not. */
  useItem(step: Step): { class?: string; "aria-description"?: string | undefined };
  /** On the way into a step; `after`: on the way out of the last of its row. */
  edge(step: Step, after: boolean): ComponentChildren;
  /** Beside the step's name. */
  note(step: Step): ComponentChildren;
  /** At the end of its card. */
  foot(step: Step): ComponentChildren;
  /** Beside the slots of a group. */
  more(step: Step): ComponentChildren;
}

export interface Standing {
  /** Null where nothing has run. */
  state: StepState | null;
  selected: boolean;
  /** The place of the selected run among those of the step; -1 where none of them is selected. */
  at: number;
}

export interface GraphState {
  collapsed: ReadonlySet<string>;
  found: string;
  /** How a step stands: a hook, so that each card follows its own. */
  useStanding(step: Step): Standing;
  dress?: Dress;
}

const SIDE_BY_SIDE = new Set(["parallel", "branch", "router", "fallbacks", "assign"]);
const PARAMS = 3;

export function stepParams(step: Step): [string, Value][] {
  return Object.entries(step.node?.params ?? {});
}

const bare = (value: Value) => (isText(value) ? oneLine(value, 120) : brief(value, 60));

function Params({ step }: { step: Step }) {
  const params = stepParams(step).slice(0, PARAMS);
  if (params.length === 0) return null;
  return (
    <span class="cv-params">
      {params.map(([key, value]) => (
        <span key={key}>
          {oneLine(key, 30)}=<b>{bare(value)}</b>
        </span>
      ))}
    </span>
  );
}

/** How often the step ran; where one of its runs is selected, which, and the way to the others. */
function Count({ count, at }: { count: number; at: number }) {
  if (at < 0) return <span class="cv-count">{words.times(count)}</span>;
  const arrow = (by: number, icon: "left" | "chevron", on: boolean) => (
    <span class={on ? "cv-page" : "cv-page cv-off"} data-page={by}>
      <Icon name={icon} />
    </span>
  );
  return (
    <span class="cv-count">
      {arrow(-1, "left", at > 0)}
      {at + 1}/{count}
      {arrow(1, "chevron", at < count - 1)}
    </span>
  );
}

function Live({ state, at }: { state: StepState; at: number }) {
  return (
    <span class="cv-live">
      {state.count > 1 && <Count count={state.count} at={at} />}
      {state.count > 0 && <span class="cv-num">{formatMs(state.spent)}</span>}
      <Status status={state.status} />
    </span>
  );
}

/** The type that flows from one step to the next. */
export function Flow({ type }: { type: string }) {
  return (
    <div class="cv-flow" aria-hidden="true">
      <FlowType type={type} />
    </div>
  );
}

export function FlowType({ type }: { type: string }) {
  if (type === "" || type === "Any") return null;
  return (
    <span class="cv-type" title={oneLine(type)}>
      {oneLine(type)}
    </span>
  );
}

/** How a step stands in a trace, null where nothing has run; the same object as long as nothing about it changes. */
export function useStepState(storeNow: () => Store, find: (steps: Steps) => Step | undefined): StepState | null {
  const last = useRef<StepState | null>(null);
  return useComputed(() => {
    const store = storeNow();
    const trace = store.calm.value;
    const steps = store.steps.value;
    const step = trace.have > 0 && find(steps);
    if (!step || isEnd(step)) return null;
    const now = stepState(trace, step, step.runs.length ? store.clock.value : 0);
    const same =
      last.current?.status === now.status && last.current.count === now.count && last.current.spent === now.spent;
    if (!same) last.current = now;
    return last.current;
  }).value;
}

export function useStanding(step: Step): Standing {
  const store = useStore();
  const state = useStepState(
    () => store,
    (steps) => steps.byKey.get(step.key) ?? step,
  );
  const selected = useComputed(() => store.step.value?.key === step.key).value;
  const at = useComputed(() => (store.step.value?.key === step.key ? placeOf(store, store.step.value) : -1)).value;
  return { state, selected, at };
}

interface StepProps {
  step: Step;
  level: number;
  graph: GraphState;
}

export function StepView({ step, level, graph }: StepProps) {
  const { state, selected, at } = graph.useStanding(step);
  const head = useRef<HTMLDivElement>(null);
  const { dress } = graph;
  const more = dress?.useItem(step);
  useReveal(head, selected);
  const group = step.children.length > 0;
  const open = group ? !graph.collapsed.has(step.key) : undefined;
  const dim = graph.found !== "" && !isFound(step, graph.found);
  const classes = [
    "cv-step",
    `cv-kind-${step.kind}`,
    state && `cv-at-${state.status}`,
    group && "cv-group",
    !step.node && "cv-dashed",
    selected && "cv-selected",
    more?.class,
  ];

  return (
    <div
      role="treeitem"
      tabIndex={-1}
      data-key={step.key}
      aria-label={stepLabel(step, state, at)}
      aria-description={nextOf(step)}
      aria-keyshortcuts={state && state.count > 1 ? "Shift+ArrowLeft Shift+ArrowRight" : undefined}
      aria-level={level}
      aria-expanded={open}
      aria-selected={selected}
      {...more}
      class={classes.filter(Boolean).join(" ")}
    >
      <div
        class={`cv-step-head ${dim ? "cv-dim" : ""}`}
        title={titleOf(step)}
        ref={head}
        draggable={dress && true}
        aria-hidden="true"
      >
        <Badge kind={step.kind} />
        <span class="cv-name">{oneLine(nameOf(step), 120)}</span>
        {dress?.note(step)}
        {state && <Live state={state} at={at} />}
        {group && (
          <span class={`cv-twisty ${open ? "cv-open" : ""}`} data-toggle="">
            <Icon name="chevron" />
          </span>
        )}
        <Params step={step} />
        {dress?.foot(step)}
      </div>
      {open && <Children step={step} level={level + 1} graph={graph} />}
    </div>
  );
}

function Children({ step, level, graph }: StepProps) {
  const states = step.kind === "graph" ? step.node : null;
  if (!states) return <Row steps={step.children} step={step} level={level} graph={graph} />;
  // What the graph did not foresee follows below it.
  const known = states.children?.length ?? 0;
  const others = step.children.slice(known);
  const cards = step.children
    .slice(0, known)
    .map((child) => <StepView key={child.key} step={child} level={level} graph={graph} />);
  return (
    <div role="group" class="cv-states">
      <States node={states} cards={cards} />
      {others.length > 0 && <Row steps={others} step={step} level={level} graph={graph} role="none" />}
    </div>
  );
}

interface RowProps extends StepProps {
  steps: readonly Step[];
  role?: "group" | "none";
}

function Row({ steps, step, level, graph, role = "group" }: RowProps) {
  const beside = SIDE_BY_SIDE.has(step.kind);
  const { dress } = graph;
  const edge = (index: number) =>
    !beside && index > 0 && <Flow type={step.kind === "sequence" ? (steps[index - 1]?.node?.output_type ?? "") : ""} />;
  return (
    <div role={role} class={beside ? "cv-beside" : "cv-below"}>
      {steps.map((child, index) => (
        <div role="none" class="cv-slot" key={child.key}>
          {dress ? dress.edge(child, false) : edge(index)}
          {slotOf(child) && (
            <span class="cv-slot-name" aria-hidden="true">
              {oneLine(slotOf(child), 60)}
            </span>
          )}
          <StepView step={child} level={level} graph={graph} />
          {(beside || index === steps.length - 1) && dress?.edge(child, true)}
        </div>
      ))}
      {dress?.more(step)}
    </div>
  );
}
