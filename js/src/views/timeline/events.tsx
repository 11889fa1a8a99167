// Every event as a row of a grid. The focus stays on the grid, which names its active cell or row.
import { useState } from "preact/hooks";
import { eventName } from "../../store/filter/match";
import type { Row } from "../../store/trace";
import { formatMs } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { useId } from "../../ui/ids";
import { Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { useFollow, useWindow } from "../../ui/window";
import { words } from "../../ui/words";
import { isMessage, textOf } from "../../wire/values";
import { useStore } from "../context";
import { preview } from "../value/rows";

const ROW = 22;
const PAGE = 10;
const COLUMNS = ["seq", "time", "event", "name", "data"] as const;

export function rowData(row: Row): string {
  const { value } = row;
  if (value === undefined || value === null) return "";
  if (row.kind === "custom") return `${row.label ?? ""} ${preview(value).preview}`;
  if (row.kind === "stream" && isMessage(value)) return preview(textOf(value)).preview;
  if (row.kind === "error" || row.kind === "cancel") return oneLine(String(value));
  return preview(value).preview;
}

export function Events() {
  const store = useStore();
  const id = useId();
  const [active, setActive] = useState<{ seq: number; column: number } | null>(null);
  const rows = store.rows.value;
  const { runs, have } = store.trace.value;
  const begin = store.trace.value.rows[0]?.t ?? 0;
  const view = useWindow(rows.length, ROW);
  const { scroller, onScroll } = useFollow<HTMLDivElement>(rows.length);
  const selected = store.selection.value.run;
  const at = active ? rows.findIndex((row) => row.seq === active.seq) : -1;

  const go = (index: number, column = active?.column ?? -1) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setActive({ seq: row.seq, column });
    view.show(rows.indexOf(row));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const column = active?.column ?? -1;
    const { key } = event;
    if (event.metaKey || event.altKey) return;
    if (key === "ArrowDown") go(at + 1);
    else if (key === "ArrowUp") go(at - 1);
    else if (key === "PageDown") go(at + PAGE);
    else if (key === "PageUp") go(at - PAGE);
    else if (key === "ArrowRight") go(at, Math.min(COLUMNS.length - 1, column + 1));
    else if (key === "ArrowLeft") go(at, Math.max(-1, column - 1));
    else if (key === "Home") column < 0 || event.ctrlKey ? go(0) : go(at, 0);
    else if (key === "End") column < 0 || event.ctrlKey ? go(rows.length - 1) : go(at, COLUMNS.length - 1);
    else if (key === "Enter" || key === " ") rows[at] && store.selectRun((rows[at] as Row).run);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (have === 0) return <Empty>{words.noEvents}</Empty>;
  const cellId = (seq: number, column: number) => `${id}-${seq}${column < 0 ? "" : `-${column}`}`;
  return (
    <div
      class="cv-scroll cv-events"
      role="grid"
      aria-label={words.events}
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={active && at >= view.from && at < view.to ? cellId(active.seq, active.column) : undefined}
      tabIndex={0}
      data-header={ROW}
      ref={scroller}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div role="row" class="cv-event cv-event-head" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <span role="columnheader" key={column} class={`cv-col-${column}`}>
            {words.columns[column]}
          </span>
        ))}
      </div>
      {rows.length === 0 && <Empty>{words.noMatches}</Empty>}
      <div role="rowgroup" class="cv-window" ref={view.body} style={view.style}>
        {rows.slice(view.from, view.to).map((row, offset) => {
          const run = runs.get(row.run);
          const on = active?.seq === row.seq;
          const cells = {
            seq: row.seq,
            time: formatMs(row.t - begin),
            event: eventName(run, row),
            name: (
              <>
                {run && <Icon name={store.kindOf(run)} class="cv-accent" />}
                {oneLine(run?.name ?? "", 80)}
              </>
            ),
            data: rowData(row),
          };
          return (
            <div
              role="row"
              key={row.seq}
              id={cellId(row.seq, -1)}
              class={`cv-event cv-kind-${run ? store.kindOf(run) : "chain"} cv-event-${row.kind}${on && active?.column < 0 ? " cv-active" : ""}`}
              aria-rowindex={view.from + offset + 2}
              aria-selected={row.run === selected}
              onClick={() => {
                setActive({ seq: row.seq, column: -1 });
                store.selectRun(row.run);
              }}
            >
              {COLUMNS.map((column, index) => (
                <span
                  role="gridcell"
                  key={column}
                  id={cellId(row.seq, index)}
                  class={`cv-col-${column}${on && active?.column === index ? " cv-active" : ""}`}
                >
                  {cells[column]}
                </span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
