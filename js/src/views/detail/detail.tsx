// The detail pane: what is selected, as a run and as a step of the chain.
import { useState } from "preact/hooks";
import { duration } from "../../store/runs";
import type { Step } from "../../store/steps";
import { claim } from "../../ui/events";
import { formatMs } from "../../ui/format";
import { Badge, Status } from "../../ui/icons";
import { useId } from "../../ui/ids";
import { Button, Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { nameOf } from "../graph/names";
import { turn } from "../graph/pages";
import { Pane } from "../pane";
import { RunDetail } from "./run-detail";
import { StepDetail } from "./step-detail";

type Tab = "run" | "step";

interface TabsProps {
  tabs: Tab[];
  current: Tab;
  id: string;
  choose(tab: Tab): void;
}

function Tabs({ tabs, current, id, choose }: TabsProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
    if (!step || !next) return;
    choose(next);
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`#${id}-${next}`)?.focus();
    claim(event);
  };
  return (
    <div role="tablist" class="cv-tabs" aria-label={words.details} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          type="button"
          role="tab"
          key={tab}
          id={`${id}-${tab}`}
          aria-selected={tab === current}
          aria-controls={`${id}-panel`}
          tabIndex={tab === current ? 0 : -1}
          onClick={() => choose(tab)}
        >
          {words[tab]}
        </button>
      ))}
    </div>
  );
}

/** Leads through the runs of a step that ran several times. */
function Siblings({ step, current }: { step: Step; current: string }) {
  const store = useStore();
  const { length } = step.runs;
  const at = step.runs.indexOf(current);
  if (length < 2 || at < 0) return null;
  return (
    <span class="cv-siblings">
      <Button icon="left" label={words.previousRun} disabled={at === 0} onClick={() => turn(store, step, -1)} />
      {words.runOf(at + 1, length)}
      <Button icon="chevron" label={words.nextRun} disabled={at === length - 1} onClick={() => turn(store, step, 1)} />
    </span>
  );
}

export function DetailPane() {
  const store = useStore();
  const id = useId();
  const [wanted, choose] = useState<Tab>("run");
  const run = store.run.value;
  const step = store.step.value;
  if (!run && !step) {
    return (
      <Pane name="details">
        <Empty>{store.isTrace ? words.noDetails : words.noStepDetails}</Empty>
      </Pane>
    );
  }
  const tabs: Tab[] = [...(run ? (["run"] as const) : []), ...(step?.node ? (["step"] as const) : [])];
  const tab = tabs.includes(wanted) ? wanted : (tabs[0] ?? "run");
  const kind = step?.kind ?? run?.type ?? "chain";
  return (
    <Pane name="details">
      <div class={`cv-detail-head cv-kind-${kind}`}>
        <Badge kind={kind} />
        <span class="cv-detail-title">
          <strong>{oneLine(step ? nameOf(step) : (run?.name ?? ""), 200)}</strong>
          <span class="cv-muted">
            {words.kinds[kind]}
            {step?.node?.class_name &&
              step.node.class_name !== (run?.name ?? step.name) &&
              `, ${oneLine(step.node.class_name, 80)}`}
          </span>
        </span>
        {run && (
          <Status status={run.status}>
            {words.status[run.status]}
            <span class="cv-num">{formatMs(duration(run, run.end === null ? store.clock.value : 0))}</span>
          </Status>
        )}
      </div>
      {tabs.length > 1 || (step?.runs.length ?? 0) > 1 ? (
        <div class="cv-detail-bar">
          <Tabs tabs={tabs} current={tab} id={id} choose={choose} />
          {run && step && <Siblings step={step} current={run.id} />}
        </div>
      ) : null}
      <div
        class="cv-scroll cv-detail"
        tabIndex={0}
        id={`${id}-panel`}
        role={tabs.length > 1 ? "tabpanel" : "group"}
        aria-label={words[tab]}
      >
        {tab === "run" && run ? (
          <RunDetail key={run.id} run={run} />
        ) : (
          step && <StepDetail key={step.key} step={step} />
        )}
      </div>
    </Pane>
  );
}
