// Token lanes: one for each model run.
import { useComputed } from "@preact/signals";
import { isModel } from "../../store/runs";
import { Button, Empty } from "../../ui/parts";
import { setting } from "../../ui/settings";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { Lane } from "./lane";

const boundaries = setting("boundaries", false, (value): value is boolean => typeof value === "boolean");

export function TokensPane() {
  const store = useStore();
  const ids = useComputed(() => {
    const { runs, order, count } = store.trace.value;
    const models = order.slice(0, count).filter((id) => {
      const run = runs.get(id);
      return run !== undefined && isModel(run);
    });
    return models.join(" ");
  }).value;
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
      <div class="cv-scroll cv-lanes" role="log" aria-label={words.tokens}>
        {ids === "" ? (
          <Empty>{words.noTokens}</Empty>
        ) : (
          ids.split(" ").map((id) => <Lane key={id} id={id} boundaries={boundaries.value} />)
        )}
      </div>
    </Pane>
  );
}
