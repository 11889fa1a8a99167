// Token lanes: one for each model run.
import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RunRecord } from "../../store/runs";
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

/** The first `count` of all model runs, in order of their start. */
interface LanesProps {
  models: readonly RunRecord[];
  count: number;
}

function lanes({ models, count }: LanesProps, from = 0, to = count) {
  return models
    .slice(from, to)
    .map(({ id }, offset) => (
      <Lane key={id} id={id} boundaries={boundaries.value} place={from + offset + 1} of={count} />
    ));
}

function ManyLanes({ atEnd, ...all }: LanesProps & { atEnd(): boolean }) {
  const store = useStore();
  const view = useWindow(all.count, HEIGHT, atEnd);
  const selected = store.selection.value.run;
  useEffect(() => {
    const index = all.models.findIndex(({ id }) => id === selected);
    if (index >= 0 && index < all.count) view.show(index);
  }, [selected, view.width > 0]);
  return (
    <div class="cv-many" ref={view.body} style={view.style}>
      {lanes(all, view.from, view.to)}
    </div>
  );
}

export function TokensPane() {
  const store = useStore();
  const count = useComputed(() => store.trace.value.modelCount).value;
  const { models } = store.trace.peek().log;
  const { scroller, onScroll, atEnd } = useFollow<HTMLDivElement>(count);
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
        {count === 0 ? (
          <Empty>{words.noTokens}</Empty>
        ) : count > FEW ? (
          <ManyLanes models={models} count={count} atEnd={atEnd} />
        ) : (
          lanes({ models, count })
        )}
      </div>
    </Pane>
  );
}
