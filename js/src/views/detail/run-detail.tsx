// A run: its output or error, its input, its timings, tags and metadata.
import { useEffect, useState } from "preact/hooks";
import { modelFigures } from "../../store/metrics";
import { duration, isModel, type Run } from "../../store/runs";
import { CopyButton } from "../../ui/copy";
import { formatClock, formatMs, formatRate } from "../../ui/format";
import { Link } from "../../ui/parts";
import { oneLine, visible } from "../../ui/text";
import { words } from "../../ui/words";
import type { Detail, DetailRequest, Value } from "../../wire/types";
import { isDict, isTyped } from "../../wire/values";
import { useStore } from "../context";
import { copied } from "../value/rows";
import { LongText, ValueView } from "../value/value";
import { Facts, Section } from "./section";

// Lines that only underline the one above say nothing where lines wrap.
const MARKS = /^[ ^~]+\n/gm;

function isCut(value: Value | undefined): boolean {
  if (isTyped(value, "cut")) return true;
  if (Array.isArray(value)) return value.some(isCut);
  return isDict(value) && Object.values(value).some(isCut);
}

interface BigValueProps {
  title: string;
  run: Run;
  what: DetailRequest["what"];
  value: Value;
}

/** A value, and where the wire carried it cut, the way to the rest. */
function BigValue({ title, run, what, value }: BigValueProps) {
  const store = useStore();
  const [whole, setWhole] = useState<Value | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | null>(null);
  const shown = whole ?? value;
  const load = () => {
    setTrouble(null);
    store.ask?.({ type: "detail", run: run.id, what }).then(
      (detail) => setWhole((detail as Detail).value ?? null),
      (error: Error) => setTrouble(error.message),
    );
  };
  const more = whole === undefined && store.ask !== null && isCut(value);
  return (
    <Section title={title} tools={<CopyButton text={() => copied(shown)} label={words.copyThe(title)} />}>
      <ValueView name={title} value={shown} />
      {more && <Link label={words.loadRest} onClick={load} />}
      {trouble !== null && <p class="cv-failed-text">{visible(trouble)}</p>}
    </Section>
  );
}

function Outcome({ run }: { run: Run }) {
  if (run.error) {
    const { type, message, traceback } = run.error;
    return (
      <Section
        title={words.error}
        class="cv-failure"
        tools={<CopyButton text={() => traceback || message} label={words.copyThe(words.error)} />}
      >
        <p>
          <strong>{oneLine(type)}</strong>
        </p>
        <LongText text={message} />
        {traceback !== "" && (
          <details open>
            <summary>{words.traceback}</summary>
            <LongText text={traceback.replace(MARKS, "")} code end />
          </details>
        )}
      </Section>
    );
  }
  if (run.reason !== null) {
    return (
      <Section title={run.status === "waiting" ? words.status.waiting : words.cancelledBecause}>
        <LongText text={run.reason} />
      </Section>
    );
  }
  if (run.output !== undefined)
    return <BigValue key={run.id} title={words.output} run={run} what="output" value={run.output} />;
  const soFar = (run.texts() ?? ["…"]).join("");
  return (
    <Section title={words.output}>
      {soFar ? <LongText text={soFar} /> : <p class="cv-muted">{words.noOutput}</p>}
    </Section>
  );
}

export function RunDetail({ run }: { run: Run }) {
  const store = useStore();
  const { begin } = store.trace.value;
  useEffect(() => store.wantRun(run.id));
  const figures = isModel(run) ? modelFigures(run) : null;
  const wall = store.anchor.value === null ? null : formatClock(store.anchor.value + run.start);
  const metadata = Object.keys(run.metadata).length > 0;
  return (
    <>
      <Outcome run={run} />
      {run.input === undefined ? (
        <Section title={words.input}>
          <p class="cv-muted">{run.end === null ? words.streamedInput : words.unknownInput}</p>
        </Section>
      ) : (
        <BigValue key={run.id} title={words.input} run={run} what="input" value={run.input} />
      )}
      <Section title={words.timings}>
        <Facts
          facts={[
            [words.took, formatMs(duration(run, run.end === null ? store.clock.value : 0))],
            [words.started, `+${formatMs(run.start - begin)}${wall ? ` (${wall})` : ""}`],
            [words.ended, run.end !== null && `+${formatMs(run.end - begin)}`],
            [words.firstToken, figures?.firstToken != null && formatMs(figures.firstToken)],
            [words.perSecond, figures?.perSecond != null && formatRate(figures.perSecond)],
            [words.tokenCount, figures?.tokens],
            [words.chunkCount, run.chunks],
            [words.checkpoint, run.metadata.checkpoint_id],
            [words.path, run.path],
            [words.runId, run.id],
          ]}
        />
      </Section>
      {run.tags.length > 0 && (
        <Section title={words.tags}>
          <ul class="cv-tags">
            {run.tags.map((tag) => (
              <li key={tag}>{oneLine(tag, 120)}</li>
            ))}
          </ul>
        </Section>
      )}
      {metadata && (
        <Section title={words.metadata}>
          <ValueView name={words.metadata} value={run.metadata} />
        </Section>
      )}
    </>
  );
}
