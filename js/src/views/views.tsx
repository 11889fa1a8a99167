// The views by the names that the kernel gives them.
import type { FunctionComponent } from "preact";
import { DetailPane } from "./detail/detail";
import { GraphPane } from "./graph/graph";
import { StatePane } from "./state/state";
import { TimeBar } from "./time/time";
import { TimelinePane } from "./timeline/timeline";
import { TokensPane } from "./tokens/tokens";
import { TracePanel } from "./trace/panel";
import { Trouble } from "./trouble";

/** Panes without a panel around them. */
function alone(frame: string, ...panes: FunctionComponent[]): FunctionComponent {
  return () => (
    <div class={`cv-panes ${frame}`}>
      <TimeBar />
      <Trouble />
      {panes.map((View) => (
        <View key={View} />
      ))}
    </div>
  );
}

export const VIEWS = new Map<string, FunctionComponent>([
  ["trace", TracePanel],
  ["graph", alone("cv-graph-view", GraphPane, DetailPane)],
  ["tokens", alone("cv-alone", TokensPane)],
  ["state", alone("cv-alone", StatePane)],
  ["timeline", alone("cv-alone", TimelinePane)],
]);
