// The tokens of one model run as they are made.
import { effect, useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { modelFigures } from "../../store/metrics";
import type { Run } from "../../store/runs";
import { formatMs, formatRate } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useReveal } from "../../ui/reveal";
import { oneLine, visible } from "../../ui/text";
import { words } from "../../ui/words";
import { textOf } from "../../wire/values";
import { useStore } from "../context";
import { Blocks } from "./blocks";

const NEAR = 24;

function Figures({ run }: { run: Run }) {
  const { tokens, firstToken, perSecond } = modelFigures(run);
  return (
    <span class="cv-figures">
      {firstToken !== null && <span title={words.firstTokenHint}>{formatMs(firstToken)}</span>}
      {perSecond !== null && <span>{`${formatRate(perSecond)} ${words.perSecond}`}</span>}
      {tokens > 0 && <span>{`${tokens} ${words.tokenCount}`}</span>}
    </span>
  );
}

/** Appends to the lane's text what the run streamed since the last time, and follows its end. */
function useText(id: string, boundaries: boolean) {
  const store = useStore();
  const scroller = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const follow = useRef(true);
  const writer = useRef<{ blocks: Blocks; boundaries: boolean; done: number; whole: boolean } | null>(null);

  const write = () => {
    const run = store.trace.value.runs.get(id);
    if (!run || !text.current) return;
    if (writer.current?.boundaries !== boundaries) {
      writer.current = { blocks: new Blocks(text.current, boundaries ? "|" : null), boundaries, done: 0, whole: false };
    }
    const state = writer.current;
    if (!state) return;
    if (run.chunks > state.done) {
      state.blocks.add(run.log.texts.slice(state.done, run.chunks).map(visible));
      state.done = run.chunks;
    } else if (run.tokens === 0 && run.end !== null && !state.whole) {
      state.blocks.add([visible(textOf(run.output))]);
      state.whole = true;
    }
    if (follow.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  };
  useLayoutEffect(() => effect(write), [id, boundaries]);

  const onScroll = () => {
    const box = scroller.current;
    if (box) follow.current = box.scrollTop + box.clientHeight >= box.scrollHeight - NEAR;
    box?.parentElement?.classList.toggle("cv-away", !follow.current);
  };
  const toEnd = () => {
    follow.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };
  return { scroller, text, onScroll, toEnd };
}

export function Lane({ id, boundaries }: { id: string; boundaries: boolean }) {
  const store = useStore();
  const run = useComputed(() => store.trace.value.runs.get(id)).value;
  const selected = useComputed(() => store.selection.value.run === id).value;
  const head = useRef<HTMLButtonElement>(null);
  useReveal(head, selected);
  const { scroller, text, onScroll, toEnd } = useText(id, boundaries);
  if (!run) return null;
  const status = words.status[run.status];
  return (
    <div
      role="group"
      class={`cv-lane cv-kind-${run.type} ${selected ? "cv-selected" : ""}`}
      aria-label={oneLine(`${run.name}, ${status}`)}
    >
      <button type="button" class="cv-lane-head" ref={head} aria-pressed={selected} onClick={() => store.selectRun(id)}>
        <span class="cv-badge">
          <Icon name={run.type} />
        </span>
        <span class="cv-name">{oneLine(run.name, 80)}</span>
        <Figures run={run} />
        <span class={`cv-status cv-is-${run.status}`} title={status}>
          <Icon name={run.status} />
        </span>
      </button>
      <div
        class="cv-lane-body cv-scroll"
        ref={scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="group"
        aria-label={words.output}
      >
        <div class="cv-text" ref={text} />
        {run.error && <p class="cv-failed-text">{visible(`${run.error.type}: ${run.error.message}`)}</p>}
        {run.end === null && run.tokens === 0 && <i class="cv-muted">{words.noText}</i>}
      </div>
      <Button class="cv-to-end" icon="down" label={words.toEnd} onClick={toEnd} />
    </div>
  );
}
