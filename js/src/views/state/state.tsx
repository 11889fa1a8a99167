// The RunState of a root run, rebuilt on this page patch by patch; what the last patch touched is highlighted.
import { useState } from "preact/hooks";
import { parsePointer } from "../../store/patch";
import type { StateLog } from "../../store/states";
import { Button, Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { Tree } from "../../ui/tree";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { type IsOpen, type ValueRow, valueRows } from "../value/rows";
import { drawValueRow, ROW, useOpen, valueTools } from "../value/tree";
import { Patches, touchedBy, valueAt } from "./patches";
import { type Sift, SiftChips, sifted, sifter } from "./sift";

// Root runs on each side of the one that is shown, among which one can choose.
const BESIDE = 20;

const initially: IsOpen = (path) => path === "/logs";

/** The rows' keys that the last patch touched; "-" has become the last place of its list. */
function touched(log: StateLog): string[] {
  const ops = log.patch(log.count - 1)?.ops ?? [];
  return ops.flatMap(({ path }) => {
    // Where a run's entry stands is not known without the patches before.
    if (path !== "" && !path.startsWith("/")) return [];
    if (!path.endsWith("/-")) return [path];
    const outer = path.slice(0, -2);
    const list = valueAt(log.state, parsePointer(outer));
    return [`${outer}/${Array.isArray(list) ? list.length - 1 : 0}`];
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

/** The places near one, with the first and the last of all. */
function around(place: number, count: number): number[] {
  const near = Array.from({ length: 2 * BESIDE + 1 }, (_, index) => place - BESIDE + index);
  return [...new Set([0, ...near.filter((one) => one >= 0 && one < count), count - 1])];
}

export function StatePane() {
  const store = useStore();
  const [sift, setSift] = useState<Sift>({});
  const [listed, setListed] = useState(false);
  const [sifting, setSifting] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const { isOpen, toggle } = useOpen(initially);
  const trace = store.calm.value;
  const whole = store.cursor.value === null ? trace : store.newest.value;
  const { states } = trace;
  const selected = store.run.value?.root ?? "";
  const root = states.has(selected) ? selected : states.at(states.size - 1);
  const log = states.get(root);
  const place = states.placeOf(root);
  const all = whole.states.get(root);
  if (log?.away) store.wantState(root);
  if (!log || !all || (!log.away && log.count === 0)) {
    return (
      <Pane name="state">
        <Empty>{words.noState}</Empty>
      </Pane>
    );
  }
  const rows = log.away ? [] : valueRows(sifted(log.state, sifter(sift)), isOpen);
  const lit = litRows(rows, touched(log));
  const go = (index: number) => {
    const patch = all.patch(index);
    if (patch) store.go(patch.seq + 1);
  };
  const tools = (
    <>
      {states.size > 1 && (
        <select
          class="cv-select"
          aria-label={words.rootRun}
          value={root}
          onFocus={() => setChoosing(true)}
          onBlur={() => setChoosing(false)}
          onChange={(event) => store.selectRun(event.currentTarget.value)}
        >
          {/* Those that cannot be seen yet would cost more than all else that a new moment shows. */}
          {(choosing ? around(place, states.size) : [place]).map((place) => (
            <option key={place} value={states.at(place)}>
              {`${place + 1} ${oneLine(trace.runs.get(states.at(place))?.name ?? "", 40)}`}
            </option>
          ))}
        </select>
      )}
      <Button
        icon="parser"
        label={words.sift}
        pressed={sifting || Object.keys(sift).length > 0}
        onClick={() => setSifting(!sifting)}
      />
    </>
  );
  return (
    <Pane name="state" tools={tools}>
      {sifting && <SiftChips trace={trace} sift={sift} set={setSift} />}
      <div class="cv-scroll">
        <Tree
          name={words.state}
          rows={rows}
          height={ROW}
          draw={drawValueRow}
          tools={valueTools}
          rowClass={(row) => (lit.has(row.key) ? "cv-lit" : "")}
          onToggle={(row, open) => toggle(row.key, open)}
        />
      </div>
      {listed && !log.away && <Patches all={all} log={log} begin={whole.begin} go={go} />}
      <footer class="cv-pane-foot">
        <Button icon="left" label={words.patchBack} disabled={log.count < 2} onClick={() => go(log.count - 2)} />
        <Button icon="chevron" label={words.patchOn} disabled={log.count >= all.count} onClick={() => go(log.count)} />
        <span>{words.nthOf(log.count, all.count)}</span>
        {log.refused > 0 && <span class="cv-failed-text">{words.refused(log.refused)}</span>}
        <span class="cv-last">{touchedBy(log.patch(log.count - 1)?.ops ?? [])}</span>
        <Button label={words.patches} text pressed={listed} onClick={() => setListed(!listed)} />
      </footer>
    </Pane>
  );
}
