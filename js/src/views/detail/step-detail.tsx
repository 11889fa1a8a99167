// A step of the graph: what flows in and out, its parameters, its documentation and source.
import { useState } from "preact/hooks";
import type { Step } from "../../store/steps";
import { CopyButton } from "../../ui/copy";
import { Link } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { Tree } from "../../ui/tree";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { isDict } from "../../wire/values";
import { stepParams } from "../graph/step";
import { ROW, ValueTree } from "../value/tree";
import { LongText } from "../value/value";
import { schemaRows } from "./schema";
import { Section } from "./section";

function TypeTree({ name, schema }: { name: string; schema: Record<string, Value> }) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const rows = schemaRows(schema, (key, level) => toggled.get(key) ?? level < 2);
  // A plain type has no parts; its name stands above already.
  if (rows.length === 0) return null;
  return (
    <Tree
      name={name}
      rows={rows}
      height={ROW}
      onToggle={(row, open) => setToggled(new Map(toggled).set(row.key, open))}
      draw={(row) => (
        <span class="cv-value-row">
          <span class="cv-key">{row.name + (row.required === false ? "?" : "")}</span>
          <span class="cv-tone-type">{row.type}</span>
          {row.about && <span class="cv-muted cv-about">{row.about}</span>}
        </span>
      )}
    />
  );
}

function Schema({ title, type, schema }: { title: string; type: string; schema: Value | undefined }) {
  const [asJson, setAsJson] = useState(false);
  const known = isDict(schema) ? schema : null;
  const tools = known && (
    <>
      <Link
        label={`${title}: ${asJson ? words.typeTree : words.jsonSchema}`}
        text={asJson ? words.typeTree : words.jsonSchema}
        onClick={() => setAsJson(!asJson)}
      />
      <CopyButton text={() => JSON.stringify(known, null, 2)} label={`${words.copy} ${words.jsonSchema}`} />
    </>
  );
  return (
    <Section title={title} tools={tools}>
      <code class="cv-type-line">{oneLine(type, 400)}</code>
      {known &&
        (asJson ? <ValueTree name={words.jsonSchema} value={known} /> : <TypeTree name={title} schema={known} />)}
    </Section>
  );
}

export function StepDetail({ step }: { step: Step }) {
  const { node, graph } = step;
  if (!node) return null;
  const schemaAt = (index: number | null | undefined) => (index == null ? undefined : graph?.schemas?.[index]);
  const params = stepParams(step);
  return (
    <>
      {params.length > 0 && (
        <Section title={words.parameters}>
          <ValueTree name={words.parameters} value={Object.fromEntries(params)} />
        </Section>
      )}
      <Schema title={words.inputSchema} type={node.input_type} schema={schemaAt(node.input_schema)} />
      <Schema title={words.outputSchema} type={node.output_type} schema={schemaAt(node.output_schema)} />
      {node.doc && (
        <Section title={words.docstring}>
          <LongText text={node.doc} />
        </Section>
      )}
      {node.source && (
        <Section
          title={words.source}
          tools={<CopyButton text={() => node.source ?? ""} label={words.copyThe(words.source)} />}
        >
          <LongText text={node.source} code />
        </Section>
      )}
    </>
  );
}
