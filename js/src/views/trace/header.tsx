// The panel's head: how the trace stands, its figures, which views are shown, and the way to stop it.
import { useState } from "preact/hooks";
import { formatMs, formatRate } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { visible } from "../../ui/text";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { hidden, PANES, show } from "../layout";

function Figure({ label, hint, value }: { label: string; hint?: string; value: string }) {
  return (
    <span class="cv-figure" title={hint}>
      <b>{value}</b> {label}
    </span>
  );
}

export function Header() {
  const store = useStore();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { status, elapsed, firstToken, perSecond, tokens, errors } = store.figures.value;
  const notice = refusal ?? store.notice.value;
  const stop = () => void store.ask?.({ type: "stop" }).catch((error: Error) => setRefusal(error.message));
  return (
    <>
      <div class="cv-head">
        <span role="status" aria-label={words.runStatus} class={`cv-status cv-is-${status}`}>
          <Icon name={status} />
          {words.status[status]}
        </span>
        <div class="cv-head-figures">
          <Figure label={words.elapsed} hint={words.elapsedHint} value={formatMs(elapsed)} />
          {firstToken !== null && (
            <Figure label={words.firstToken} hint={words.firstTokenHint} value={formatMs(firstToken)} />
          )}
          {perSecond !== null && (
            <Figure label={words.perSecond} hint={words.perSecondHint} value={formatRate(perSecond)} />
          )}
          {tokens > 0 && <Figure label={words.tokenCount} value={String(tokens)} />}
          <span class={errors ? "cv-figure cv-failed-text" : "cv-figure"}>
            <b>{errors}</b> {errors === 1 ? words.oneError : words.errors}
          </span>
        </div>
        {store.ask && store.stoppable.value && status === "running" && (
          <Button icon="stop" class="cv-stop" label={words.stop} text={words.stop} onClick={stop} />
        )}
        <div class="cv-views" role="group" aria-label={words.views}>
          {PANES.map((pane) => (
            <button
              type="button"
              key={pane}
              aria-pressed={!hidden.value.includes(pane)}
              onClick={() => show(pane, hidden.value.includes(pane))}
            >
              {words.titles[pane]}
            </button>
          ))}
        </div>
      </div>
      {notice !== null && (
        <p class="cv-notice" role="alert">
          {visible(notice)}
          {refusal !== null && <Button icon="close" label={words.dismiss} onClick={() => setRefusal(null)} />}
        </p>
      )}
    </>
  );
}
