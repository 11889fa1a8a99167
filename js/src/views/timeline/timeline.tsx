// Everything over time: the filter, the runs as bars, the events as a table.
import { words } from "../../ui/words";
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
          <h4>{words.runs}</h4>
          <Waterfall />
        </div>
        <div class="cv-half">
          <h4>{words.events}</h4>
          <Events />
        </div>
      </div>
    </Pane>
  );
}
