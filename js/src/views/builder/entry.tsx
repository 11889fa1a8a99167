// The fields that hold one value: typed, or chosen.
import { useContext, useEffect, useLayoutEffect, useState } from "preact/hooks";
import { phrases } from "../../ui/builder-words";
import { oneLine, visible } from "../../ui/text";
import type { Value } from "../../wire/types";
import { isTyped, str } from "../../wire/values";
import { type BodyProps, FormContext } from "./form";
import { Fault, piecesOf, readValue, textOfValue } from "./shape";

export function Choice({ shape, labels, required, value, set }: BodyProps) {
  const { node, nullable } = shape;
  const form = useContext(FormContext);
  const renew = () => node.kept && form.renew?.();
  useEffect(() => void renew(), []);
  const open = nullable || !("default" in node || (required && value !== undefined));
  const options = [...(open ? [null] : []), ...(node.enum as Value[])];
  const now = JSON.stringify(value ?? node.default ?? null);
  return (
    <select
      {...labels}
      value={now}
      onFocus={renew}
      onChange={(event) => set((JSON.parse(event.currentTarget.value) as Value) ?? (nullable ? null : undefined))}
    >
      {options.map((option) => (
        <option key={JSON.stringify(option)} value={JSON.stringify(option)}>
          {option === null ? "—" : oneLine(nameOf(option), 80)}
        </option>
      ))}
    </select>
  );
}

const nameOf = (option: Value) =>
  isTyped(option, "kept") ? str(option.name) : typeof option === "string" ? option : JSON.stringify(option);

/** What Python keeps of a value: a secret, or a living object. */
export const keptAs = (value: Value | undefined) =>
  isTyped(value, "kept") ? phrases.kept(oneLine(str(value.name) || str(value.class), 60)) : undefined;

/** What is typed: it counts when it is left, and stays as it is where it cannot. */
export function Entry({ shape, type, labels, required, value, set, complain }: BodyProps) {
  const { eager, format } = useContext(FormContext);
  const known = textOfValue(value ?? shape.node.default, shape);
  const [text, setText] = useState(known);
  // Before the next key is typed into it.
  useLayoutEffect(() => {
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
          ? piecesOf(text, format).map((piece, index) =>
              piece.variable ? <mark key={index}>{visible(piece.text)}</mark> : visible(piece.text),
            )
          : visible(text)}{" "}
      </div>
      <textarea {...props} rows={1} />
    </div>
  );
}
