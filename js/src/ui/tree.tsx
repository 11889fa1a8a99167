// A tree of virtual rows with the keys of the ARIA tree pattern. The focus stays on the tree itself, which names its
// active row, so a row may leave the screen without losing it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { claim, isShortcut } from "./events";
import { Icon } from "./icons";
import { useId } from "./ids";
import { wrapped } from "./text";
import { useWindow } from "./window";

// The width of a character of a row and of what stands beside the text, in pixels.
const CHARACTER = 7.05;
const SIDES = 30;
const DEFAULT_COLUMNS = 48;

export interface TreeRow {
  key: string;
  level: number;
  /** Undefined for a leaf. */
  open: boolean | undefined;
  /** Place among its siblings, from 1, and their number. */
  place: number;
  of: number;
  /** The row's accessible name, also what typing finds. */
  label: string;
  /** Long text that an open row shows in full, in lines below it. */
  text?: string | undefined;
}

/** Rows that may be many: they are made when they are read. */
export interface RowList<R> {
  readonly length: number;
  at(index: number): R | undefined;
  slice(from: number, to: number): R[];
  indexOf(key: string | null): number;
}

interface TreeProps<R extends TreeRow> {
  name: string;
  rows: R[] | RowList<R>;
  height: number;
  selected?: string | null;
  draw(row: R): ComponentChildren;
  /** What can be done with the active row. */
  tools?(row: R): ComponentChildren;
  rowClass?(row: R): string;
  onSelect?(row: R): void;
  onToggle(row: R, open: boolean): void;
}

interface Piece {
  piece?: string;
}

type Readable<R> = Pick<RowList<R>, "length" | "at">;

export function typeahead<R extends { label: string }>(rows: Readable<R>, from: number, key: string): number {
  const wanted = key.toLowerCase();
  for (let step = 1; step <= rows.length; step++) {
    const index = (from + step) % rows.length;
    if (rows.at(index)?.label.toLowerCase().startsWith(wanted)) return index;
  }
  return from;
}

/** The rows with the lines of the long texts that are open, each line a row. */
function unfolded<R extends TreeRow>(rows: R[], columns: number, cache: Map<string, string[]>): (R & Piece)[] {
  if (!rows.some((row) => row.open && row.text !== undefined)) return rows;
  return rows.flatMap((row) => {
    if (!row.open || row.text === undefined) return [row];
    const id = `${columns - 2 * row.level} ${row.text}`;
    const lines = cache.get(id) ?? wrapped(row.text, columns - 2 * row.level);
    cache.set(id, lines);
    const pieces = lines.map((piece, index) => ({
      ...row,
      key: `${row.key}\0${index}`,
      level: row.level + 1,
      open: undefined,
      place: index + 1,
      of: lines.length,
      label: piece,
      piece,
    }));
    return [row, ...pieces];
  });
}

function parentOf(rows: Readable<TreeRow>, index: number): number {
  const level = rows.at(index)?.level ?? 1;
  for (let at = index - 1; at >= 0; at--) if ((rows.at(at)?.level ?? 0) < level) return at;
  return index;
}

export function Tree<R extends TreeRow>(props: TreeProps<R>) {
  const { selected = null, height } = props;
  const id = useId();
  // The row that was gone to last, as long as nothing else is selected: from there the keys go on.
  const [[last, since], setLast] = useState<[string | null, string | null]>([null, null]);
  const setActive = (key: string) => setLast([key, selected]);
  const columns = useRef(DEFAULT_COLUMNS);
  const lines = useRef(new Map<string, string[]>());
  const given = Array.isArray(props.rows) ? unfolded(props.rows, columns.current, lines.current) : props.rows;
  const rows = given as Readable<R & Piece> & Pick<RowList<R & Piece>, "slice">;
  const indexOf = (key: string | null) =>
    Array.isArray(given) ? given.findIndex((row) => row.key === key) : given.indexOf(key);
  const view = useWindow(rows.length, height);
  if (view.width) columns.current = Math.max(16, Math.floor((view.width - SIDES) / CHARACTER));
  const active = Math.max(0, indexOf((since === selected ? last : null) ?? selected));

  // What was selected elsewhere comes into sight here; what was selected before, once it is laid out.
  useEffect(() => {
    const index = indexOf(selected);
    if (index >= 0) view.show(index);
  }, [selected, view.width > 0]);

  const go = (index: number) => {
    const at = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows.at(at);
    if (!row) return;
    setActive(row.key);
    view.show(at);
  };

  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const row = rows.at(active);
    const { key, target, currentTarget } = event;
    const isPress = key === "Enter" || key === " ";
    // A row's buttons are pressed for themselves.
    if (!row || isShortcut(event) || (isPress && target !== currentTarget)) return;
    if (key === "ArrowDown") go(active + 1);
    else if (key === "ArrowUp") go(active - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(rows.length - 1);
    else if (key === "ArrowRight" && row.open === false) props.onToggle(row, true);
    else if (key === "ArrowRight") go(row.open ? active + 1 : active);
    else if (key === "ArrowLeft" && row.open) props.onToggle(row, false);
    else if (key === "ArrowLeft") go(parentOf(rows, active));
    else if (isPress && props.onSelect) props.onSelect(row);
    else if (isPress) row.open !== undefined && props.onToggle(row, !row.open);
    else if (key.length === 1) go(typeahead(rows, active, key));
    else return;
    // A row that is left takes its buttons away.
    currentTarget.focus({ preventScroll: true });
    claim(event);
  };

  const click = (row: R) => {
    setActive(row.key);
    if (props.onSelect) props.onSelect(row);
    else if (row.open !== undefined) props.onToggle(row, !row.open);
  };

  return (
    <div
      class="cv-tree"
      role="tree"
      aria-label={props.name}
      tabIndex={0}
      aria-activedescendant={active >= view.from && active < view.to ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" ref={view.body} style={view.style}>
        {rows.slice(view.from, view.to).map((row, offset) => {
          const index = view.from + offset;
          return (
            <div
              key={view.keyOf(offset)}
              id={index === active ? `${id}-${index}` : undefined}
              role="treeitem"
              class={`cv-row${index === active ? " cv-active" : ""} ${props.rowClass?.(row) ?? ""}`}
              style={{ height: `${height}px`, "--level": row.level - 1 }}
              aria-label={row.label}
              aria-level={row.level}
              aria-posinset={row.place}
              aria-setsize={row.of}
              aria-expanded={row.open}
              aria-selected={row.key === selected}
              onClick={() => click(row)}
            >
              <Twisty open={row.open} onToggle={(open) => props.onToggle(row, open)} />
              <span class="cv-drawn" aria-hidden="true">
                {row.piece === undefined ? props.draw(row) : <span class="cv-piece">{row.piece}</span>}
              </span>
              {index === active && props.tools && row.piece === undefined && (
                <span class="cv-row-tools" onClick={claim}>
                  {props.tools(row)}
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The sign that opens and closes a row; the keyboard does it by arrows. */
function Twisty({ open, onToggle }: { open: boolean | undefined; onToggle(open: boolean): void }) {
  if (open === undefined) return <span class="cv-twisty" />;
  const toggle = (event: MouseEvent) => {
    claim(event);
    onToggle(!open);
  };
  return (
    <span class={`cv-twisty ${open ? "cv-open" : ""}`} onClick={toggle}>
      <Icon name="chevron" />
    </span>
  );
}
