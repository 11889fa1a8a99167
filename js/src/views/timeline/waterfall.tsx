// Runs as a tree of bars over time.
import { useState } from "preact/hooks";
import type { Run } from "../../store/runs";
import { duration } from "../../store/runs";
import type { Store } from "../../store/store";
import type { Trace } from "../../store/trace";
import { formatMs } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { oneLine } from "../../ui/text";
import { Tree, type TreeRow } from "../../ui/tree";
import { words } from "../../ui/words";
import { useStore } from "../context";

const ROW = 24;

interface RunRow extends TreeRow {
  run: Run;
  matches: boolean;
}

/** Runs that pass the filter, and those above them; null where all pass. */
function wantedRuns(trace: Trace, passing: Set<string> | null): Set<string> | null {
  if (!passing) return null;
  const wanted = new Set<string>();
  for (const id of passing) {
    for (let run = trace.runs.get(id); run && !wanted.has(run.id); run = trace.runs.get(run.parent ?? ""))
      wanted.add(run.id);
  }
  return wanted;
}

function runRows(store: Store, closed: ReadonlySet<string>, passing: Set<string> | null): RunRow[] {
  const trace = store.calm.value;
  const now = store.clock.value;
  const rows: RunRow[] = [];
  const wanted = wantedRuns(trace, passing);
  const visit = (ids: readonly string[], level: number) => {
    const shown = wanted ? ids.filter((id) => wanted.has(id)) : ids;
    shown.forEach((id, index) => {
      const run = trace.runs.get(id);
      if (!run) return;
      const open = run.children.length > 0 ? !closed.has(id) : undefined;
      const label = oneLine(
        [run.name, words.kinds[store.kindOf(run)], words.status[run.status], formatMs(duration(run, now))].join(", "),
      );
      rows.push({
        key: id,
        level,
        open,
        place: index + 1,
        of: shown.length,
        label,
        run,
        matches: passing?.has(id) ?? true,
      });
      if (open) visit(run.children, level + 1);
    });
  };
  visit(
    trace.order.slice(0, trace.count).filter((id) => trace.runs.get(id)?.parent === null),
    1,
  );
  return rows;
}

/** Round times to mark on an axis: at most `count` of them. */
export function ticks(span: number, count: number): number[] {
  if (span <= 0) return [];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}

function Bar({ run, begin, span, now }: { run: Run; begin: number; span: number; now: number }) {
  const at = (t: number) => ((t - begin) / span) * 100;
  const end = run.end ?? now;
  const left = at(run.start);
  const width = Math.max(0, at(end) - left);
  const streamed =
    run.firstToken !== null && end > run.start ? ((run.firstToken - run.start) / (end - run.start)) * 100 : null;
  return (
    <span class="cv-track">
      <span class={`cv-bar cv-is-${run.status}`} style={{ left: `${left}%`, width: `max(3px, ${width}%)` }}>
        {streamed !== null && <span class="cv-bar-tokens" style={{ left: `${streamed}%` }} />}
      </span>
    </span>
  );
}

export function Waterfall() {
  const store = useStore();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const trace = store.calm.value;
  const now = store.clock.value;
  const passing = store.filter.value.terms.length ? new Set(store.rows.value.map((row) => row.run)) : null;
  const rows = runRows(store, closed, passing);
  const begin = trace.rows[0]?.t ?? 0;
  const span = Math.max(1, (trace.closed ? trace.last : now) - begin);
  const selected = store.selection.value.run;

  const toggle = (row: RunRow, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(row.key);
    else next.add(row.key);
    setClosed(next);
  };

  return (
    <div class="cv-scroll cv-waterfall" data-header={20}>
      <div class="cv-axis" aria-hidden="true">
        <span class="cv-axis-name">{words.runs}</span>
        <span class="cv-track">
          {ticks(span, 4).map((t) => (
            <span key={t} class="cv-tick" style={{ left: `${(t / span) * 100}%` }}>
              {t / span < 0.9 && formatMs(t)}
            </span>
          ))}
        </span>
      </div>
      <Tree
        name={words.runs}
        rows={rows}
        height={ROW}
        selected={selected}
        rowClass={(row) => `cv-kind-${store.kindOf(row.run)} ${row.matches ? "" : "cv-dim"}`}
        onSelect={(row) => store.selectRun(row.key)}
        onToggle={toggle}
        draw={({ run }) => (
          <>
            <span class="cv-run-name">
              <Icon name={store.kindOf(run)} class="cv-accent" />
              <span class="cv-name">{oneLine(run.name, 80)}</span>
              <span class={`cv-status cv-is-${run.status}`}>
                <Icon name={run.status} />
              </span>
            </span>
            <span class="cv-num">{formatMs(duration(run, now))}</span>
            <Bar run={run} begin={begin} span={span} now={now} />
          </>
        )}
      />
    </div>
  );
}
