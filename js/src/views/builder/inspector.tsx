// The selected step: what is wrong on its edge, its parameters, and what came of its last run.
import type { Site } from "../../store/outline";
import { phrases } from "../../ui/builder-words";
import { Menu } from "../../ui/menu";
import { Link } from "../../ui/parts";
import { oneLine, visible } from "../../ui/text";
import { words } from "../../ui/words";
import type { SetParams, Value } from "../../wire/types";
import { type Dict, isDict, str } from "../../wire/values";
import { StoreContext } from "../context";
import { RunDetail } from "../detail/run-detail";
import { Section } from "../detail/section";
import { Pane } from "../pane";
import { LongText, ValueView } from "../value/value";
import { itemsOf } from "./actions";
import { useEditor } from "./editor";
import { Field, Fields } from "./field";
import { FormContext } from "./form";
import { useLastOutput, useLastRun, useTrace } from "./last";

function Mismatch({ id }: { id: string }) {
  const { build } = useEditor();
  const problem = build.problems.value.get(id);
  if (!problem) return null;
  return (
    <div class="cv-notice" role="status">
      {visible(problem.message)}
      {problem.fixes.map((fix) => (
        <Link
          key={fix.id}
          label={oneLine(fix.label, 80)}
          onClick={() => void build.edit({ op: "fix", node: id, fix: fix.id })}
        />
      ))}
    </div>
  );
}

interface NameProps {
  name: "key" | "variable";
  value: string;
  set(value: string): void;
}

function Name({ name, value, set }: NameProps) {
  return (
    <div data-field={name}>
      <Field
        name={phrases[name]}
        path={`\0${name}`}
        schema={{ type: "string" }}
        required={name === "key"}
        value={value}
        set={(text) => set(str(text))}
      />
    </div>
  );
}

interface ParametersProps {
  site: Site;
  what: "params" | "options";
  schema: Dict;
}

function Parameters({ site, what, schema }: ParametersProps) {
  const { build } = useEditor();
  const { node } = site;
  const whole = build.errors.value.get("");
  const set = (name: string, value: Value | undefined) =>
    void build.edit(() => {
      const { [name]: _, ...others } = (build.sites.peek().get(node.id)?.node ?? node)[what];
      const values = value === undefined ? others : { ...others, [name]: value };
      return { op: "set", node: node.id, [what]: values } as SetParams;
    });
  return (
    <FormContext.Provider
      value={{ root: schema, errors: build.errors.value, eager: false, renew: () => void build.sync() }}
    >
      <Fields schema={schema} value={node[what]} set={set} />
      {whole && <p class="cv-failed-text">{visible(whole)}</p>}
    </FormContext.Provider>
  );
}

function Outcome({ id }: { id: string }) {
  const trace = useTrace();
  const run = useLastRun(id);
  const output = useLastOutput(id);
  if (run) {
    return (
      <StoreContext.Provider value={trace}>
        <RunDetail run={run} />
      </StoreContext.Provider>
    );
  }
  if (output === undefined) return null;
  return (
    <Section title={words.output}>
      <ValueView name={words.output} value={output} />
    </Section>
  );
}

export function Inspector({ site }: { site: Site }) {
  const editor = useEditor();
  const { build } = editor;
  const { node } = site;
  const state = build.state.value;
  const form = node.form === null ? null : state?.forms[node.form];
  const options = state?.options_form;
  const hasFields = isDict(form?.properties) && Object.keys(form.properties).length > 0;
  const variable = (name: string) =>
    void build.edit(name ? { op: "extract", node: node.id, name } : { op: "inline", node: node.id });
  return (
    <Pane
      name="step"
      title={oneLine(node.label, 60)}
      tools={<Menu icon="path" label={phrases.step} items={itemsOf(editor, site, "all")} />}
    >
      <div class="cv-scroll cv-inspector" key={node.id}>
        <Mismatch id={node.id} />
        <Section title={words.parameters}>
          {node.slot_kind === "key" && (
            <Name
              name="key"
              value={node.slot ?? ""}
              set={(key) => void build.edit({ op: "rename", node: node.id, key })}
            />
          )}
          {form && hasFields ? (
            <Parameters site={site} what="params" schema={form} />
          ) : (
            <p class="cv-muted">{phrases.noParameters}</p>
          )}
        </Section>
        {site.parent && (
          <details class="cv-section" open={Boolean(node.variable) || Object.keys(node.options).length > 0}>
            <summary>{phrases.options}</summary>
            <Name name="variable" value={node.variable ?? ""} set={variable} />
            {options && <Parameters site={site} what="options" schema={options} />}
          </details>
        )}
        <Outcome id={node.id} />
        {node.doc && (
          <Section title={words.docstring}>
            <LongText text={node.doc} />
          </Section>
        )}
      </div>
    </Pane>
  );
}
