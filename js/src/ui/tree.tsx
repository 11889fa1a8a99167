// A tree of virtual rows with the keys of the ARIA tree pattern. The focus stays on the tree itself, which names its
// active row, so a row may leave the screen without losing it.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icons";
import { useId } from "./ids";
import { useWindow } from "./window";

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
}

export interface TreeProps<R extends TreeRow> {
  name: string;
  rows: R[];
  height: number;
  selected?: string | null;
  draw(row: R): ComponentChildren;
  rowClass?(row: R): string;
  onSelect?(row: R): void;
  onToggle(row: R, open: boolean): void;
}

export function typeahead<R extends { label: string }>(rows: readonly R[], from: number, key: string): number {
  const wanted = key.toLowerCase();
  for (let step = 1; step <= rows.length; step++) {
    const index = (from + step) % rows.length;
    if (rows[index]?.label.toLowerCase().startsWith(wanted)) return index;
  }
  return from;
}

function parentOf(rows: readonly TreeRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at--) if ((rows[at]?.level ?? 0) < level) return at;
  return index;
}

export function Tree<R extends TreeRow>(props: TreeProps<R>) {
  const { rows, selected = null, height } = props;
  const id = useId();
  const [activeKey, setActive] = useState<string | null>(null);
  const view = useWindow(rows.length, height);
  const wanted = activeKey ?? selected;
  const active = Math.max(
    0,
    rows.findIndex((row) => row.key === wanted),
  );

  // What was selected elsewhere comes into sight here.
  useEffect(() => {
    const index = rows.findIndex((row) => row.key === selected);
    if (index >= 0) view.show(index);
  }, [selected]);

  const go = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setActive(row.key);
    view.show(rows.indexOf(row));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === "ArrowDown") go(active + 1);
    else if (key === "ArrowUp") go(active - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(rows.length - 1);
    else if (key === "ArrowRight" && row.open === false) props.onToggle(row, true);
    else if (key === "ArrowRight") go(row.open ? active + 1 : active);
    else if (key === "ArrowLeft" && row.open) props.onToggle(row, false);
    else if (key === "ArrowLeft") go(parentOf(rows, active));
    else if ((key === "Enter" || key === " ") && props.onSelect) props.onSelect(row);
    else if (key === "Enter" || key === " ") row.open !== undefined && props.onToggle(row, !row.open);
    else if (key.length === 1) go(typeahead(rows, active, key));
    else return;
    event.preventDefault();
    event.stopPropagation();
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
      aria-activedescendant={rows.length ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="cv-window" role="presentation" ref={view.body} style={view.style}>
        {rows.slice(view.from, view.to).map((row, offset) => {
          const index = view.from + offset;
          return (
            <div
              key={row.key}
              id={`${id}-${index}`}
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
                {props.draw(row)}
              </span>
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
    event.stopPropagation();
    onToggle(!open);
  };
  return (
    <span class={`cv-twisty ${open ? "cv-open" : ""}`} onClick={toggle}>
      <Icon name="chevron" />
    </span>
  );
}
