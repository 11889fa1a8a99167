// The panel's head: how the trace stands, its figures, which views are shown, the time cursor, and the way to stop it.
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Trace } from "../../store/trace";
import { formatMs, formatRate } from "../../ui/format";
import { Status } from "../../ui/icons";
import { Button, Notice } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { isShown, PANES, show } from "../layout";
import { TimeBar } from "../time/time";
import { Trouble } from "../trouble";

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <span class="cv-figure">
      <b>{value}</b> {label}
    </span>
  );
}

/** The run that failed first: those around it failed of it. */
function firstFailed({ log, events }: Trace): string {
  const failed = log.runs.filter((run) => run.error && run.end < events);
  return failed.sort((a, b) => a.end - b.end)[0]?.id ?? "";
}

export function Header() {
  const store = useStore();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { status, elapsed, firstToken, perSecond, tokens, errors } = store.figures.value;
  const { dropped } = store.calm.value;
  const over = useComputed(() => store.newest.value.closed).value;
  // A button where there is a run to select.
  const Errors = errors ? "button" : "span";
  const stop = () => void store.ask?.({ type: "stop" }).catch((error: Error) => setRefusal(error.message));
  return (
    <>
      <div class="cv-head">
        <Status status={status} role="status" aria-label={words.runStatus}>
          {words.status[status]}
        </Status>
        <div class="cv-head-figures">
          <Figure label={words.elapsed} value={formatMs(elapsed)} />
          {firstToken !== null && <Figure label={words.firstToken} value={formatMs(firstToken)} />}
          {perSecond !== null && <Figure label={words.perSecond} value={formatRate(perSecond)} />}
          {tokens > 0 && <Figure label={words.tokenCount} value={String(tokens)} />}
          <Errors
            class={`cv-figure ${errors ? "cv-failed-text" : ""}`}
            {...(errors && { onClick: () => store.selectRun(firstFailed(store.calm.peek())) })}
          >
            <b>{errors}</b> {errors === 1 ? words.oneError : words.errors}
          </Errors>
          {dropped > 0 && <span class="cv-figure">{words.dropped(dropped)}</span>}
        </div>
        {store.ask && store.stoppable.value && !over && status !== "waiting" && (
          <Button icon="stop" class="cv-stop" label={words.stop} text onClick={stop} />
        )}
        <div class="cv-views" role="group" aria-label={words.views}>
          {PANES.map((pane) => (
            <button type="button" key={pane} aria-pressed={isShown(pane)} onClick={() => show(pane, !isShown(pane))}>
              {words.titles[pane]}
            </button>
          ))}
        </div>
      </div>
      <TimeBar />
      <Trouble />
      <Notice text={refusal} onClose={() => setRefusal(null)} />
    </>
  );
}
