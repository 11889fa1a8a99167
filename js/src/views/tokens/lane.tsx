// The tokens of one model run as they are made.
import { effect, useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { modelFigures } from "../../store/metrics";
import { AWAY, type Run, textOfRun } from "../../store/runs";
import { CopyButton } from "../../ui/copy";
import { formatMs, formatRate } from "../../ui/format";
import { Badge, Status } from "../../ui/icons";
import { Button } from "../../ui/parts";
import { useReveal } from "../../ui/reveal";
import { oneLine, visible } from "../../ui/text";
import { END, useResize } from "../../ui/window";
import { words } from "../../ui/words";
import { textOf } from "../../wire/values";
import { useStore } from "../context";
import { callsOf } from "../value/calls";
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
  const due = useRef(false);
  const last = useRef(0);
  const [away, setAway] = useState(false);
  const writer = useRef<{ blocks: Blocks; boundaries: boolean; done: number; whole: boolean } | null>(null);

  const write = () => {
    const run = store.trace.value.runs.get(id);
    if (!run || !text.current) return;
    const { current } = writer;
    // A moment before (the time cursor went back) is written from the beginning.
    const before = current && (run.chunks < current.done || (current.whole && run.end === null));
    if (current?.boundaries !== boundaries || before) {
      writer.current = { blocks: new Blocks(text.current, boundaries ? "|" : null), boundaries, done: 0, whole: false };
    }
    const state = writer.current;
    if (!state) return;
    if (run.chunks > state.done) {
      const texts = run.texts(state.done);
      if (!texts) return store.wantChunks(id);
      if (state.done === 0 && run.isCut) state.blocks.add(["…"]);
      state.blocks.add(texts.map(visible));
      state.done = run.chunks;
    } else if (run.tokens === 0 && run.end !== null && !state.whole) {
      if (run.output === AWAY) return store.wantRun(id);
      state.blocks.add([visible(textOf(run.output))]);
      state.whole = true;
    }
    if (!follow.current || due.current) return;
    // In the next frame what was written is laid out already, so that scrolling costs no layout of its own.
    due.current = true;
    requestAnimationFrame(() => {
      due.current = false;
      if (follow.current) scroll();
    });
  };
  const scroll = () => {
    if (scroller.current) scroller.current.scrollTop = END;
    last.current = scroller.current?.scrollTop ?? 0;
  };
  useLayoutEffect(() => effect(write), [id, boundaries]);
  useResize(scroller, () => follow.current && scroll());

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const top = box.scrollTop;
    const atEnd = top + box.clientHeight >= box.scrollHeight - NEAR;
    // Only a way up is the person's: the text grows between our scrolling and its event.
    follow.current = atEnd || (follow.current && top >= last.current - 1);
    last.current = top;
    setAway(!follow.current);
  };
  const toEnd = () => {
    follow.current = true;
    setAway(false);
    scroller.current?.focus();
    scroll();
  };
  return { scroller, text, onScroll, toEnd, away };
}

interface LaneProps {
  id: string;
  boundaries: boolean;
  /** Place among the lanes, from 1, and their number. */
  place: number;
  of: number;
}

export function Lane({ id, boundaries, place, of }: LaneProps) {
  const store = useStore();
  const run = useComputed(() => store.trace.value.runs.get(id)).value;
  const selected = useComputed(() => store.selection.value.run === id).value;
  const head = useRef<HTMLButtonElement>(null);
  useReveal(head, selected);
  const { scroller, text, onScroll, toEnd, away } = useText(id, boundaries);
  if (!run) return null;
  const status = words.status[run.status];
  const number = of > 1 ? words.nthOf(place, of) : "";
  const calls = callsOf(run.output);
  return (
    <div
      role="group"
      class={`cv-lane cv-kind-${run.type} ${selected ? "cv-selected" : ""}`}
      aria-label={oneLine([run.name, status, number].filter(Boolean).join(", "))}
    >
      <button type="button" class="cv-lane-head" ref={head} aria-pressed={selected} onClick={() => store.selectRun(id)}>
        <Badge kind={run.type} />
        <span class="cv-name">{oneLine(run.name, 80)}</span>
        {number && <span class="cv-num">{number}</span>}
        <Figures run={run} />
        <Status status={run.status} title={status} />
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
        {calls.map((call, index) => (
          <code class="cv-call" key={index}>
            {call.text}
          </code>
        ))}
        {run.error && <p class="cv-failed-text">{visible(`${run.error.type}: ${run.error.message}`)}</p>}
        {run.end === null && run.tokens === 0 && <i class="cv-muted">{words.noText}</i>}
      </div>
      <span class="cv-lane-tools">
        <CopyButton text={() => textOfRun(run)} label={words.copyThe(words.tokens)} />
        {away && <Button icon="down" label={words.toEnd} onClick={toEnd} />}
      </span>
    </div>
  );
}
