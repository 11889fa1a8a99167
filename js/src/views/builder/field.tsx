// Forms made from a JSON Schema: each value in the field that fits its type, what is wrong with it next to it.
import { useContext, useState } from "preact/hooks";
import { phrases } from "../../ui/builder-words";
import { useId } from "../../ui/ids";
import { Button } from "../../ui/parts";
import { oneLine, visible } from "../../ui/text";
import type { Value } from "../../wire/types";
import { type Dict, isDict, isTyped, str } from "../../wire/values";
import { Choice, Entry, keptAs } from "./entry";
import { type BodyProps, type FieldProps, FormContext } from "./form";
import { fresh, shapeOf, typeOf } from "./shape";

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
  const dict = isDict(value) ? value : {};
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
          value={dict}
          set={(name, item) => set(withKey(dict, name, item))}
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
  const properties = isDict(schema.properties) ? schema.properties : {};
  // What only Python can make has no field until Python has made it.
  const shown = Object.entries(properties).filter(
    ([name, part]) => !(isDict(part) && part.kept && !part.enum) || Object.hasOwn(value, name),
  );
  const form = useContext(FormContext);
  const format = Object.hasOwn(properties, "template_format") ? value.template_format : form.format;
  return (
    <FormContext.Provider value={{ ...form, format }}>
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
    </FormContext.Provider>
  );
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
          <Button icon="close" label={phrases.removeItem(index + 1)} onClick={() => set(items.toSpliced(index, 1))} />
        </div>
      ))}
      <Button
        icon="assign"
        label={phrases.addItem}
        text
        onClick={() => set([...items, fresh(shape.node.items, root)])}
      />
    </>
  );
}
