// The views by the names that the kernel gives them.
import type { FunctionComponent } from "preact";
import { DetailPane } from "./detail/detail";
import { GraphPane } from "./graph/graph";
import { StatePane } from "./state/state";
import { TimeBar } from "./time/time";
import { TimelinePane } from "./timeline/timeline";
import { TokensPane } from "./tokens/tokens";
import { TracePanel } from "./trace/panel";

function GraphView() {
  return (
    <div class="cv-panes cv-graph-view">
      <TimeBar />
      <GraphPane />
      <DetailPane />
    </div>
  );
}

function alone(View: FunctionComponent): FunctionComponent {
  return () => (
    <div class="cv-panes cv-alone">
      <TimeBar />
      <View />
    </div>
  );
}

export const VIEWS = new Map<string, FunctionComponent>([
  ["trace", TracePanel],
  ["graph", GraphView],
  ["tokens", alone(TokensPane)],
  ["state", alone(StatePane)],
  ["timeline", alone(TimelinePane)],
]);
