// Everything over time: the filter, the runs as bars, the events as a table.
import { Pane } from "../pane";
import { Events } from "./events";
import { FilterBox } from "./filter-box";
import { Waterfall } from "./waterfall";

export function TimelinePane() {
  return (
    <Pane name="timeline">
      <FilterBox />
      <div class="cv-timeline">
        <div class="cv-half">
          <Waterfall />
        </div>
        <div class="cv-half">
          <Events />
        </div>
      </div>
    </Pane>
  );
}
