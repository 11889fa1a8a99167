// Everything over time: the filter, the runs as bars, the events of the visible span as a table.
import { effect, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useStore } from "../context";
import { Pane } from "../pane";
import { Events } from "./events";
import { FilterBox } from "./filter-box";
import type { Span } from "./span";
import { Waterfall } from "./waterfall";

// The table follows once the span rests.
const REST = 80;

export function TimelinePane() {
  const store = useStore();
  const begun = useComputed(() => store.newest.value.have > 0).value;
  const span = useSignal<Span | null>(null);
  const rested = useSignal<Span | null>(null);
  useEffect(
    () =>
      effect(() => {
        const { value } = span;
        const timer = setTimeout(() => {
          rested.value = value;
        }, REST);
        return () => clearTimeout(timer);
      }),
    [],
  );
  return (
    <Pane name="timeline">
      <FilterBox />
      <div class="cv-timeline">
        {begun && (
          <div class="cv-half">
            <Waterfall span={span} />
          </div>
        )}
        <div class="cv-half">
          <Events span={rested} />
        </div>
      </div>
    </Pane>
  );
}
