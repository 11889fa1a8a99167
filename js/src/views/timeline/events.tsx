// The events of the visible span as rows of a grid. The focus stays on the grid, which names its active cell or row.
import type { Signal } from "@preact/signals";
import { useCallback, useEffect, useState } from "preact/hooks";
import { eventName } from "../../store/filter/match";
import { AWAY } from "../../store/runs";
import type { Kind } from "../../store/steps";
import type { Row } from "../../store/trace";
import { claim } from "../../ui/events";
import { formatMs } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { useId } from "../../ui/ids";
import { memo } from "../../ui/memo";
import { Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { useFollow, useWindow } from "../../ui/window";
import { words } from "../../ui/words";
import { isMessage, textOf } from "../../wire/values";
import { useStore } from "../context";
import { brief } from "../value/rows";
import { EventForm } from "./event-form";
import type { Span } from "./span";

const ROW = 22;
const PAGE = 10;
const COLUMNS = ["seq", "time", "event", "name", "data"] as const;

function rowData(row: Row): string {
  const { value } = row;
  if (value === undefined || value === null) return "";
  if (row.kind === "custom") return `${oneLine(row.label ?? "", 60)} ${brief(value)}`;
  if (row.kind === "stream" && isMessage(value)) return brief(textOf(value));
  if (row.kind === "error" || row.kind === "cancel") return oneLine(String(value));
  return brief(value);
}

/** Of the active cell or row, which the grid names. */
const cellId = (id: string, seq: number, column: number) => `${id}-${seq}${column < 0 ? "" : `-${column}`}`;

interface EventRowProps {
  id: string;
  seq: number;
  run: string;
  index: number;
  time: string;
  event: string;
  what: Row["kind"];
  kind: Kind;
  name: string;
  data: string;
  selected: boolean;
  /** The column of the active cell, -1 for the row itself, null where the active row is another. */
  active: number | null;
  pick(row: { seq: number; run: string }): void;
}

const EventRow = memo((row: EventRowProps) => {
  const { id, seq, index, time, event, what, kind, name, data, selected, active, pick } = row;
  const cells = {
    seq,
    time,
    event,
    name: (
      <>
        <Icon name={kind} class="cv-accent" />
        {oneLine(name, 80)}
      </>
    ),
    data,
  };
  return (
    <div
      role="row"
      id={active === -1 ? cellId(id, seq, active) : undefined}
      class={`cv-event cv-kind-${kind} cv-event-${what}${active === -1 ? " cv-active" : ""}`}
      aria-rowindex={index}
      aria-selected={selected}
      onClick={() => pick(row)}
    >
      {COLUMNS.map((column, at) => (
        <span
          role="gridcell"
          key={column}
          id={active === at ? cellId(id, seq, at) : undefined}
          class={`cv-col-${column}${active === at ? " cv-active" : ""}`}
        >
          {cells[column]}
        </span>
      ))}
    </div>
  );
});

export function Events({ span }: { span: Signal<Span | null> }) {
  const store = useStore();
  const id = useId();
  const [active, setActive] = useState<{ seq: number; column: number } | null>(null);
  const [open, setOpen] = useState<number | null>(null);
  const rows = span.value ? store.rows.value.between(span.value.from, span.value.to) : store.rows.value;
  const { runs, have, begin } = store.calm.value;
  const { scroller, onScroll, atEnd } = useFollow<HTMLDivElement>(rows.length);
  const view = useWindow(rows.length, ROW, atEnd);
  const selected = store.selection.value.run;
  const at = active ? rows.indexOf(active.seq) : -1;

  // Of a run that was selected elsewhere, the first event comes into sight where none is.
  useEffect(() => {
    const shown = rows.slice(view.from, view.to).some((row) => row.run === selected);
    const first = rows.firstOf(selected);
    if (!shown && first >= 0) view.show(first);
  }, [selected]);

  const inSight = rows.slice(view.from, view.to);
  useEffect(() => store.wantValues(inSight.filter((row) => row.value === AWAY).map((row) => row.seq)));

  const go = (index: number, column = active?.column ?? -1) => {
    const row = rows.at(Math.max(0, Math.min(rows.length - 1, index)));
    if (!row) return;
    setActive({ seq: row.seq, column });
    view.show(rows.indexOf(row.seq));
  };
  const pick = useCallback(
    (row: { seq: number; run: string }) => {
      setActive({ seq: row.seq, column: -1 });
      setOpen(row.seq);
      store.selectRun(row.run);
    },
    [store],
  );

  const close = () => {
    setOpen(null);
    scroller.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const column = active?.column ?? -1;
    const row = rows.at(at);
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
    else if (key === "Enter" || key === " ") row && pick(row);
    else if (key === "Escape" && open !== null) close();
    else return;
    claim(event);
  };

  if (have === 0) return <Empty>{words.noEvents}</Empty>;
  const shown = open === null ? undefined : rows.at(rows.indexOf(open));
  return (
    <>
      <div
        class="cv-scroll cv-events"
        role="grid"
        aria-label={words.events}
        aria-rowcount={rows.length + 1}
        aria-colcount={COLUMNS.length}
        aria-activedescendant={
          active && at >= view.from && at < view.to ? cellId(id, active.seq, active.column) : undefined
        }
        tabIndex={0}
        data-header={ROW}
        style={{ "--seq": `${20 + 7 * String(have).length}px` }}
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
        <div role="rowgroup" ref={view.body} style={view.style}>
          {inSight.map((row, offset) => {
            const run = runs.get(row.run);
            const here = active?.seq === row.seq;
            return (
              <EventRow
                key={view.keyOf(offset)}
                id={id}
                seq={row.seq}
                run={row.run}
                index={view.from + offset + 2}
                time={formatMs(row.t - begin)}
                event={eventName(run, row)}
                what={row.kind}
                data={rowData(row)}
                kind={run ? store.kindOf(run) : "chain"}
                name={run?.name ?? ""}
                selected={row.run === selected}
                active={here ? active.column : null}
                pick={pick}
              />
            );
          })}
        </div>
      </div>
      {shown && <EventForm row={shown} onClose={close} />}
    </>
  );
}
