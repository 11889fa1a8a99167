// Forms made from a JSON Schema: each value in the field that fits its type, what is wrong with it next to it.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { useId } from "../../ui/ids";
import { Button } from "../../ui/parts";
import { oneLine, visible } from "../../ui/text";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { type Dict, isDict, isTyped, str } from "../../wire/values";
import { Fault, piecesOf, readValue, type Shape, shapeOf, textOfValue, typeOf } from "./shape";

/** What all fields of a form share. */
interface Form {
  root: Dict;
  /** What is wrong, by the path of the field. */
  errors: ReadonlyMap<string, string>;
  /** Each key counts, not only what is left behind. */
  eager: boolean;
}

export const FormContext = createContext<Form>({ root: {}, errors: new Map(), eager: false });

interface FieldProps {
  name: string;
  path: string;
  schema: Value | undefined;
  required: boolean;
  value: Value | undefined;
  set(value: Value | undefined): void;
}

interface BodyProps extends FieldProps {
  shape: Shape;
  /** What it takes, in words. */
  type: string;
  /** What names and describes the field. */
  labels: { id: string; required: boolean; "aria-describedby"?: string; "aria-invalid"?: boolean };
  /** Says what is wrong before the kernel is asked. */
  complain(fault: string | null): void;
}

export function Field(props: FieldProps) {
  const { root, errors } = useContext(FormContext);
  const id = useId();
  const [fault, complain] = useState<string | null>(null);
  const { name, path, schema, required } = props;
  const shape = shapeOf(schema, root);
  const wrong = fault ?? errors.get(path);
  const about = str(shape.node.description);
  const labels = {
    id,
    required,
    ...(wrong || about ? { "aria-describedby": `${id}-about` } : {}),
    ...(wrong ? { "aria-invalid": true } : {}),
  };
  const isGroup = shape.look === "list" || shape.look === "group";
  // What can be chosen, or follows field by field, says its type itself.
  const type = isGroup || shape.look === "choice" ? "" : typeOf(schema, root, shape.node);
  const body = <Body {...props} shape={shape} type={type} labels={labels} complain={complain} />;
  const head = (
    <>
      <b>{oneLine(name, 80)}</b>
      <span class="cv-muted">{oneLine(type, 80)}</span>
    </>
  );
  return (
    <div class="cv-field">
      {isGroup ? (
        <fieldset aria-describedby={labels["aria-describedby"]}>
          <legend>{head}</legend>
          {body}
        </fieldset>
      ) : (
        <>
          <label for={id}>{head}</label>
          {body}
        </>
      )}
      {(wrong || about) && (
        <p id={`${id}-about`} class={wrong ? "cv-failed-text" : "cv-muted"}>
          {visible(wrong || about)}
        </p>
      )}
    </div>
  );
}

function Body(props: BodyProps) {
  const { shape, labels, value, set } = props;
  const { node } = shape;
  switch (shape.look) {
    case "flag":
      return (
        <input
          type="checkbox"
          {...labels}
          checked={Boolean(value ?? node.default)}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      );
    case "choice":
      return <Choice {...props} />;
    case "list":
      return <Items {...props} />;
    case "group":
      return (
        <Fields
          schema={node}
          path={`${props.path}/`}
          value={isDict(value) ? value : {}}
          set={(name, item) => set(withKey(isDict(value) ? value : {}, name, item))}
        />
      );
    default:
      if (isTyped(value, "kept") && shape.look !== "secret") return <code id={labels.id}>{keptAs(value)}</code>;
      return <Entry {...props} />;
  }
}

/** The values in a dictionary with one changed; undefined leaves it out. */
function withKey(dict: Dict, name: string, value: Value | undefined): Dict {
  const { [name]: _, ...others } = dict;
  return value === undefined ? others : { ...dict, [name]: value };
}

interface FieldsProps {
  schema: Dict;
  path?: string;
  value: Dict;
  set(name: string, value: Value | undefined): void;
}

/** A field for each property of an object. */
export function Fields({ schema, path = "", value, set }: FieldsProps) {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const parts = Object.entries(isDict(schema.properties) ? schema.properties : {});
  // What only Python can make has no field until Python has made it.
  const shown = parts.filter(([name, part]) => !(isDict(part) && part.kept) || Object.hasOwn(value, name));
  return (
    <>
      {shown.map(([name, part]) => (
        <Field
          key={name}
          name={name}
          path={path + name}
          schema={part}
          required={required.includes(name)}
          value={Object.hasOwn(value, name) ? value[name] : undefined}
          set={(item) => set(name, item)}
        />
      ))}
    </>
  );
}

function Choice({ shape, labels, required, value, set }: BodyProps) {
  const { node, nullable } = shape;
  const open = nullable || !(required || "default" in node);
  const options = [...(open ? [null] : []), ...(node.enum as Value[])];
  const now = JSON.stringify(value ?? node.default ?? null);
  return (
    <select
      {...labels}
      value={now}
      onChange={(event) => set((JSON.parse(event.currentTarget.value) as Value) ?? (nullable ? null : undefined))}
    >
      {options.map((option) => (
        <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
          {option === null ? "—" : oneLine(typeof option === "string" ? option : JSON.stringify(option), 80)}
        </option>
      ))}
    </select>
  );
}

/** A new item of a list: what the schema says, else the empty value of its type. */
function fresh(schema: Value | undefined, root: Dict): Value {
  const { look, node, nullable } = shapeOf(schema, root);
  if ("default" in node) return node.default as Value;
  if (nullable) return null;
  if (look === "choice") return (node.enum as Value[])[0] ?? null;
  if (look === "list") return [];
  if (look === "number") return Number(node.minimum ?? 0);
  if (look === "flag") return false;
  if (look !== "group" || !isDict(node.properties)) return "";
  return Object.fromEntries(Object.entries(node.properties).map(([name, part]) => [name, fresh(part, root)]));
}

function Items({ path, shape, value, set }: BodyProps) {
  const { root } = useContext(FormContext);
  const items = Array.isArray(value) ? value : [];
  return (
    <>
      {items.map((item, index) => (
        <div class="cv-item" key={index}>
          <Field
            name={String(index + 1)}
            path={`${path}/${index}`}
            schema={shape.node.items}
            required
            value={item}
            set={(next) => set(items.with(index, next ?? null))}
          />
          <Button
            icon="close"
            label={words.build.removeItem(index + 1)}
            onClick={() => set(items.toSpliced(index, 1))}
          />
        </div>
      ))}
      <Button
        icon="assign"
        label={words.build.addItem}
        text={words.build.addItem}
        onClick={() => set([...items, fresh(shape.node.items, root)])}
      />
    </>
  );
}

/** What Python keeps of a value: a secret, or a living object. */
const keptAs = (value: Value | undefined) =>
  isTyped(value, "kept") ? words.build.kept(oneLine(str(value.name) || str(value.class), 60)) : undefined;

/** What is typed: it counts when it is left, and stays as it is where it cannot. */
function Entry({ shape, type, labels, required, value, set, complain }: BodyProps) {
  const { eager } = useContext(FormContext);
  const known = textOfValue(value ?? shape.node.default, shape);
  const [text, setText] = useState(known);
  useEffect(() => {
    setText(known);
    complain(null);
  }, [known]);
  const commit = (next: string) => {
    if (next === known) return complain(null);
    try {
      const read = readValue(next, shape, type, required);
      complain(null);
      set(read);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      complain(error.message);
    }
  };
  const props = {
    ...labels,
    value: text,
    spellcheck: false,
    autocomplete: "off",
    onInput: (event: { currentTarget: { value: string } }) => {
      setText(event.currentTarget.value);
      if (eager) commit(event.currentTarget.value);
    },
    onChange: (event: { currentTarget: { value: string } }) => commit(event.currentTarget.value),
  };
  const { look, node } = shape;
  if (look === "secret") {
    return <input type="password" {...props} placeholder={keptAs(value)} />;
  }
  if (look === "number") {
    const step = node.type === "integer" ? 1 : "any";
    return <input type="number" {...props} min={node.minimum as number} max={node.maximum as number} step={step} />;
  }
  if (look === "text" && !eager && !/\n|.{60}/.test(known)) return <input type="text" {...props} />;
  return (
    <div class="cv-grown">
      <div aria-hidden="true">
        {look === "template"
          ? piecesOf(text).map((piece, index) =>
              piece.variable ? <mark key={index}>{visible(piece.text)}</mark> : visible(piece.text),
            )
          : visible(text)}{" "}
      </div>
      <textarea class="cv-typed" {...props} rows={1} />
    </div>
  );
}
