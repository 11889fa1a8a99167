// The RunState of a root run, rebuilt on this page patch by patch; what the last patch touched is highlighted.
import { useState } from "preact/hooks";
import { parsePointer } from "../../store/patch";
import type { StateLog, Trace } from "../../store/trace";
import { Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { Tree } from "../../ui/tree";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { escapeKey, type IsOpen, type ValueRow, valueRows } from "../value/rows";
import { drawValueRow, ROW, useOpen } from "../value/tree";

const initially: IsOpen = (path) => path === "/logs";

/** The rows' keys that the last patch touched; "-" has become the last place of its list. */
function touched(log: StateLog): string[] {
  const ops = log.patches[log.count - 1]?.ops ?? [];
  return ops.map((op) => {
    const keys = parsePointer(op.path);
    if (keys.at(-1) !== "-") return op.path;
    let list: unknown = log.state;
    for (const key of keys.slice(0, -1)) list = (list as Record<string, unknown> | null)?.[key];
    keys[keys.length - 1] = String(Array.isArray(list) ? list.length - 1 : 0);
    return keys.map((key) => `/${escapeKey(key)}`).join("");
  });
}

/** Of each touched path the nearest row that can be seen. */
function litRows(rows: ValueRow[], paths: string[]): Set<string> {
  const keys = new Set(rows.map((row) => row.key));
  const lit = new Set<string>();
  for (let path of paths) {
    while (path !== "" && !keys.has(path)) path = path.slice(0, path.lastIndexOf("/"));
    lit.add(path);
  }
  return lit;
}

/** The root runs that have a state, in order of their start. */
function rootsOf(trace: Trace): string[] {
  return [...trace.states.keys()];
}

export function StatePane() {
  const store = useStore();
  const [chosen, choose] = useState<string | null>(null);
  const { isOpen, toggle } = useOpen(initially);
  const trace = store.trace.value;
  const roots = rootsOf(trace);
  const root = [chosen, store.run.value?.root].find((id) => id && trace.states.has(id)) ?? roots.at(-1);
  const log = root === undefined ? undefined : trace.states.get(root);
  if (!log || root === undefined) {
    return (
      <Pane name="state">
        <Empty>{words.noState}</Empty>
      </Pane>
    );
  }
  const rows = valueRows(log.state, isOpen);
  const lit = litRows(rows, touched(log));
  const last = log.patches[log.count - 1];
  const tools = roots.length > 1 && (
    <select
      class="cv-select"
      aria-label={words.rootRun}
      value={root}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      {roots.map((id, index) => (
        <option key={id} value={id}>
          {`${index + 1} ${oneLine(trace.runs.get(id)?.name ?? id, 40)}`}
        </option>
      ))}
    </select>
  );
  return (
    <Pane name="state" tools={tools}>
      <div class="cv-scroll cv-state">
        <Tree
          name={words.state}
          rows={rows}
          height={ROW}
          draw={drawValueRow}
          rowClass={(row) => (lit.has(row.key) ? "cv-lit" : "")}
          onToggle={(row, open) => toggle(row.key, open)}
        />
      </div>
      <footer class="cv-pane-foot">
        <span>{words.patches(log.count)}</span>
        {log.refused > 0 && <span class="cv-failed-text">{words.refused(log.refused)}</span>}
        <span class="cv-last" title={words.lastPatch}>
          {oneLine(
            (last?.ops ?? []).map((op) => `${op.op === "append" ? "replace" : op.op} ${op.path || "/"}`).join(", "),
          )}
        </span>
      </footer>
    </Pane>
  );
}
