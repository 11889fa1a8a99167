// Runs as a tree of bars over time.
import type { Signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { below } from "../../store/columns";
import { duration, type Run } from "../../store/runs";
import { formatMs } from "../../ui/format";
import { Icon, Status } from "../../ui/icons";
import { memo } from "../../ui/memo";
import { oneLine } from "../../ui/text";
import { Tree } from "../../ui/tree";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { toggled } from "../graph/keys";
import { Axis, useZoom } from "./axis";
import { RunOrder, RunRows } from "./run-rows";
import type { Span } from "./span";

const ROW = 24;
// A row's ticks stand on so many places.
const PLACES = 500;

/** A stroke for each token, or for each place where tokens are. */
export function tokenPath(run: Run, { from, to }: Span): string {
  const count = run.tokens;
  const width = (to - from) / PLACES;
  const time = (token: number) => run.timeOf(token);
  let path = "";
  for (let token = below(time, count, from); token < count; ) {
    const place = Math.floor((time(token) - from) / width);
    if (place > PLACES) break;
    path += `M${place} 0v1`;
    token = Math.max(token + 1, below(time, count, from + (place + 1) * width));
  }
  return path;
}

const Bar = memo(({ run, end, from, to }: { run: Run; end: number } & Span) => {
  // A bar that goes on beyond the span ends just out of sight.
  const at = (t: number) => Math.min(101, Math.max(-1, ((t - from) / (to - from)) * 100));
  const left = at(run.start);
  const seen = end >= from && run.start <= to;
  return (
    <span class="cv-track">
      {seen && (
        <span
          class={`cv-bar cv-is-${run.status}`}
          style={{ left: `${left}%`, width: `max(3px, ${Math.max(0, at(end) - left)}%)` }}
        />
      )}
      {seen && run.tokens > 0 && (
        <svg class="cv-ticks" aria-hidden="true" viewBox={`0 0 ${PLACES} 1`} preserveAspectRatio="none">
          <path d={tokenPath(run, { from, to })} />
        </svg>
      )}
    </span>
  );
});

export function Waterfall({ span }: { span: Signal<Span | null> }) {
  const store = useStore();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const trace = store.calm.value;
  const now = store.clock.value;
  const rows = store.terms.value.length ? store.rows.value : null;
  const order = useMemo(
    () => new RunOrder(trace, rows?.runs() ?? null, folded),
    [trace.log, trace.count, rows, folded],
  );
  const newest = store.newest.peek();
  const whole = { from: newest.begin, to: Math.max(newest.begin + 1, newest.closed ? newest.last : now, newest.last) };
  const zoom = useZoom(whole, span);
  const { view } = zoom;

  const label = (run: Run) =>
    oneLine(
      [run.name, words.kinds[store.kindOf(run)], words.status[run.status], formatMs(duration(run, now))].join(", "),
    );

  return (
    <div class="cv-scroll cv-waterfall" data-header={20} onKeyDown={zoom.onKeyDown} onWheel={zoom.onWheel}>
      <Axis whole={whole} span={span} zoom={zoom} />
      <Tree
        name={words.runs}
        rows={new RunRows(trace, order, label)}
        height={ROW}
        selected={store.selection.value.run}
        rowClass={(row) => `cv-kind-${store.kindOf(row.run)} ${row.matches ? "" : "cv-dim"}`}
        onSelect={(row) => store.selectRun(row.key)}
        onToggle={({ key }) => setFolded(toggled(folded, key))}
        draw={({ run }) => (
          <>
            <span class="cv-run-name">
              <Icon name={store.kindOf(run)} class="cv-accent" />
              <span class="cv-name">{oneLine(run.name, 80)}</span>
              <Status status={run.status} />
            </span>
            <span class="cv-num">{formatMs(duration(run, now))}</span>
            <Bar run={run} end={run.end ?? now} from={view.from} to={view.to} />
          </>
        )}
      />
    </div>
  );
}
