// Running the chain where it is built: its input, Run and Stop, and what came of it.
import { useComputed } from "@preact/signals";
import { phrases } from "../../ui/builder-words";
import { formatMs } from "../../ui/format";
import { Status } from "../../ui/icons";
import { Button, Empty } from "../../ui/parts";
import { words } from "../../ui/words";
import { StoreContext } from "../context";
import { RunDetail } from "../detail/run-detail";
import { Pane } from "../pane";
import { useEditor } from "./editor";
import { Field } from "./field";
import { FormContext } from "./form";
import { traceOf, useTrace } from "./last";

function RunStatus() {
  const { status, elapsed } = useTrace().figures.value;
  if (!useEditor().build.trace.value) return null;
  return (
    <Status status={status} role="status" aria-label={words.runStatus}>
      {words.status[status]}
      <span class="cv-num">{formatMs(elapsed)}</span>
    </Status>
  );
}

function RunTools() {
  const editor = useEditor();
  const button = editor.build.state.value?.run?.running ? (
    <Button icon="stop" class="cv-stop" label={words.stop} text onClick={() => editor.build.stop()} />
  ) : (
    <Button icon="play" class="cv-run" label={phrases.run} text onClick={() => editor.run()} />
  );
  return (
    <>
      <RunStatus />
      {button}
    </>
  );
}

/** The outermost run. */
function Result() {
  const { build } = useEditor();
  const run = useComputed(() => {
    const { runs, states } = traceOf(build).trace.value;
    return runs.get(states.at(0)) ?? null;
  }).value;
  if (!run) return <Empty>{phrases.noRun}</Empty>;
  return (
    <StoreContext.Provider value={traceOf(build)}>
      <RunDetail run={run} />
    </StoreContext.Provider>
  );
}

export function RunPane() {
  const editor = useEditor();
  const schema = editor.build.state.value?.input_schema ?? {};
  return (
    <Pane name="run" title={phrases.run} tools={<RunTools />}>
      <div class="cv-scroll cv-inspector">
        <div class="cv-section">
          <FormContext.Provider value={{ root: schema, errors: new Map(), eager: true }}>
            <Field
              name={words.input}
              path=""
              schema={schema}
              required
              value={editor.input.value}
              set={(value) => {
                editor.input.value = value;
              }}
            />
          </FormContext.Provider>
        </div>
        <Result />
      </div>
    </Pane>
  );
}
