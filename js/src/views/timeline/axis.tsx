// The time axis: a click goes to a moment, a drag shows just a span, keys and the wheel with Ctrl zoom and move it.
import type { Signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { below } from "../../store/columns";
import { claim, isShortcut } from "../../ui/events";
import { formatMs } from "../../ui/format";
import { Button } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { type Span, scaled, ticks, within } from "./span";

const DRAG = 4;

/** What is shown of the whole, the keys and the wheel that change it, and where a time stands in it. */
export function useZoom(whole: Span, span: Signal<Span | null>) {
  const track = useRef<HTMLDivElement>(null);
  const view = span.value ?? whole;
  const width = view.to - view.from;
  const timeAt = (event: MouseEvent) => {
    const box = track.current?.getBoundingClientRect();
    const part = box?.width ? (event.clientX - box.left) / box.width : 0;
    return view.from + Math.min(1, Math.max(0, part)) * width;
  };
  const zoom = (factor: number, at = view.from + width / 2) => {
    span.value = scaled(view, factor, at, whole);
  };
  const pan = (by: number) => {
    if (span.value) span.value = within(view.from + by, view.to + by, whole);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (isShortcut(event)) return;
    if (key === "+" || key === "=") zoom(0.5);
    else if (key === "-") zoom(2);
    else if (key === "ArrowLeft") pan(-width / 8);
    else if (key === "ArrowRight") pan(width / 8);
    else if (key === "Home") pan(whole.from - view.from);
    else if (key === "End") pan(whole.to - view.to);
    else if (key === "Escape" && span.value) span.value = null;
    else return;
    claim(event);
  };
  const onWheel = (event: WheelEvent) => {
    if (event.ctrlKey) zoom(1.002 ** event.deltaY, timeAt(event));
    else if (event.deltaX !== 0 && span.value) pan((event.deltaX / (track.current?.clientWidth || 1)) * width);
    else return;
    event.preventDefault();
  };
  return { track, view, timeAt, onKeyDown, onWheel };
}

interface AxisProps {
  whole: Span;
  span: Signal<Span | null>;
  zoom: ReturnType<typeof useZoom>;
}

export function Axis({ whole, span, zoom: { track, view, timeAt } }: AxisProps) {
  const store = useStore();
  const [brush, setBrush] = useState<{ x: number; from: number; to: number } | null>(null);
  const dragged = useRef(false);
  const before = useRef<number | null>(null);
  const { from, to } = view;
  const begin = whole.from;
  const at = (t: number) => ((t - from) / (to - from)) * 100;
  const [a, b] = brush ? [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)] : [0, 0];
  const moment = store.cursor.value === null ? null : at(Math.max(begin, store.trace.value.last));

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    track.current?.setPointerCapture(event.pointerId);
    dragged.current = false;
    setBrush({ x: event.clientX, from: timeAt(event), to: timeAt(event) });
  };
  const move = (event: PointerEvent) => {
    if (!brush) return;
    dragged.current ||= Math.abs(event.clientX - brush.x) >= DRAG;
    setBrush({ ...brush, to: timeAt(event) });
  };
  const up = () => {
    if (brush && dragged.current) span.value = within(a, b, whole);
    setBrush(null);
  };
  const click = (event: MouseEvent) => {
    if (dragged.current) return;
    if (event.detail > 1) {
      // The first click of the two was not meant to go anywhere.
      store.go(before.current);
      span.value = null;
      return;
    }
    const { log, events } = store.newest.peek();
    const t = timeAt(event);
    const place = below((index) => log.times.at(index), events, t);
    before.current = store.cursor.peek();
    store.go(place < events ? log.seqs.at(place) : null);
  };
  const showWhole = () => {
    span.value = null;
    track.current?.focus();
  };
  const seen = `${formatMs(from - begin)} – ${formatMs(to - begin)}`;
  return (
    <div class="cv-axis">
      <span class="cv-axis-name">
        {words.runs}
        {span.value && <Button icon="close" label={words.wholeSpan} text={seen} onClick={showWhole} />}
      </span>
      <div
        class="cv-track"
        role="slider"
        tabIndex={0}
        aria-label={words.visibleSpan}
        aria-valuemin={0}
        aria-valuemax={Math.round(whole.to - begin)}
        aria-valuenow={Math.round(from - begin)}
        aria-valuetext={seen}
        title={words.axisHint}
        ref={track}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setBrush(null)}
        onClick={click}
      >
        {ticks({ from: from - begin, to: to - begin }, 4).map(({ t, label }) => (
          <span key={label} class="cv-tick" style={{ left: `${at(t + begin)}%` }}>
            {at(t + begin) < 92 && label}
          </span>
        ))}
        {brush && dragged.current && (
          <span class="cv-brush" style={{ left: `${at(a)}%`, width: `${at(b) - at(a)}%` }} />
        )}
        {moment !== null && moment >= 0 && moment <= 100 && <span class="cv-cursor" style={{ left: `${moment}%` }} />}
      </div>
    </div>
  );
}
