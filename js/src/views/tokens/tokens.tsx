// Token lanes: one for each model run.
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isModel } from "../../store/runs";
import { Button, Empty } from "../../ui/parts";
import { setting } from "../../ui/settings";
import { useFollow, useWindow } from "../../ui/window";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { Lane } from "./lane";

/** More lanes than these are virtual, all of one height. */
const FEW = 6;
const HEIGHT = 110;

const boundaries = setting("boundaries", false, (value): value is boolean => typeof value === "boolean");

/** The ids of the model runs, in order of their start; as runs are only added, each is looked at once. */
function useModels(): readonly string[] {
  const store = useStore();
  const known = useRef({ upTo: 0, ids: [] as string[] });
  const count = useComputed(() => store.trace.value.count).value;
  const { order, runs } = store.trace.peek();
  if (count < known.current.upTo) known.current = { upTo: 0, ids: [] };
  const { ids } = known.current;
  for (; known.current.upTo < count; known.current.upTo++) {
    const run = runs.get(order[known.current.upTo] ?? "");
    if (run && isModel(run)) ids.push(run.id);
  }
  return ids;
}

function ManyLanes({ ids, atEnd }: { ids: readonly string[]; atEnd(): boolean }) {
  const store = useStore();
  const view = useWindow(ids.length, HEIGHT, atEnd);
  const selected = store.selection.value.run;
  useEffect(() => {
    const index = ids.indexOf(selected ?? "");
    if (index >= 0) view.show(index);
  }, [selected]);
  return (
    <div class="cv-many" ref={view.body} style={view.style}>
      {ids.slice(view.from, view.to).map((id, offset) => (
        <Lane key={id} id={id} boundaries={boundaries.value} place={view.from + offset + 1} of={ids.length} />
      ))}
    </div>
  );
}

export function TokensPane() {
  const ids = useModels();
  const { scroller, onScroll, atEnd } = useFollow<HTMLDivElement>(ids.length);
  const tools = (
    <Button
      class="cv-toggle"
      label={words.boundaries}
      text="|a|b|"
      pressed={boundaries.value}
      onClick={() => {
        boundaries.value = !boundaries.value;
      }}
    />
  );
  return (
    <Pane name="tokens" tools={tools}>
      <div class="cv-scroll cv-lanes" role="log" aria-label={words.tokens} ref={scroller} onScroll={onScroll}>
        {ids.length === 0 ? (
          <Empty>{words.noTokens}</Empty>
        ) : ids.length > FEW ? (
          <ManyLanes ids={ids} atEnd={atEnd} />
        ) : (
          ids.map((id, index) => (
            <Lane key={id} id={id} boundaries={boundaries.value} place={index + 1} of={ids.length} />
          ))
        )}
      </div>
    </Pane>
  );
}
