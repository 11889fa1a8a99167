// The trace panel: the header over all views of one trace.
import { useComputed } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { Guard } from "../../ui/guard";
import { Empty } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { DetailPane } from "../detail/detail";
import { GraphPane } from "../graph/graph";
import { InPanel, isShown, maximise, maximised, PANES, type PaneName } from "../layout";
import { StatePane } from "../state/state";
import { TimelinePane } from "../timeline/timeline";
import { TokensPane } from "../tokens/tokens";
import { Header } from "./header";

const VIEWS: Record<PaneName, FunctionComponent> = {
  graph: GraphPane,
  tokens: TokensPane,
  state: StatePane,
  timeline: TimelinePane,
  details: DetailPane,
};

function restoreByEscape(event: KeyboardEvent): void {
  if (event.key === "Escape" && !event.defaultPrevented) maximise(null);
}

export function TracePanel() {
  const large = maximised.value;
  const { cursor } = useStore();
  const past = useComputed(() => cursor.value !== null).value;
  const shown = PANES.filter(isShown);
  return (
    <InPanel.Provider value={true}>
      <div
        class={`cv-panel ${past ? "cv-still" : ""}`}
        role="group"
        aria-label={words.panel}
        onKeyDown={restoreByEscape}
      >
        <Header />
        <div class={`cv-panes ${large ? "cv-maximised" : ""}`}>
          {shown.length === 0 && <Empty>{words.allHidden}</Empty>}
          {shown.map((pane) => {
            const View = VIEWS[pane];
            return (
              <Guard key={pane}>
                <View />
              </Guard>
            );
          })}
        </div>
      </div>
    </InPanel.Provider>
  );
}
