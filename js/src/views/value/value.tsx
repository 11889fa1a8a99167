// A value for reading: text as text, messages as messages, documents as documents, all else as a JSON tree.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../ui/parts";
import { visible } from "../../ui/text";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { type Dict, isDict, isDocument, isMessage, isTyped, str, type Typed, textOf } from "../../wire/values";
import { cutNote, preview } from "./rows";
import { ValueTree } from "./tree";

const LONG = 1200;
const MANY = 20;

function LongText({ text, code = false }: { text: string; code?: boolean }) {
  const [all, setAll] = useState(false);
  const long = text.length > LONG;
  return (
    <div class="cv-text-block">
      <div class={`cv-text ${code ? "cv-code" : ""}`}>
        {text === "" ? (
          <i class="cv-muted">{words.emptyText}</i>
        ) : (
          visible(long && !all ? `${text.slice(0, LONG)}…` : text)
        )}
      </div>
      {long && (
        <Button
          class="cv-link"
          label={all ? words.showLess : words.showAll}
          text={all ? words.showLess : words.showAll}
          onClick={() => setAll(!all)}
        />
      )}
    </div>
  );
}

/** Fields beside the main one, where they say something. */
function Rest({ name, fields, without }: { name: string; fields: Dict; without: string[] }) {
  const rest = Object.entries(fields).filter(
    ([key, value]) => !without.includes(key) && !(isDict(value) && Object.keys(value).length === 0),
  );
  return rest.length ? <ValueTree name={name} value={Object.fromEntries(rest)} initially={() => false} /> : null;
}

function Card({ label, children, tone }: { label: string; children: ComponentChildren; tone: string }) {
  return (
    <div class={`cv-card cv-card-${tone}`}>
      <span class="cv-card-label">{label}</span>
      {children}
    </div>
  );
}

function Message({ message }: { message: Typed }) {
  const role = str(message.role) || str(message.class);
  const blocks = Array.isArray(message.content);
  return (
    <Card label={visible(role)} tone={["ai", "human", "system", "tool"].includes(role) ? role : "other"}>
      {blocks ? (
        <ValueTree name={words.output} value={message.content as Value} />
      ) : (
        <LongText text={textOf(message)} />
      )}
      <Rest name={words.metadata} fields={message} without={["$type", "class", "role", "content"]} />
    </Card>
  );
}

function Document({ document, index }: { document: Typed; index: number }) {
  return (
    <Card label={`Document ${index + 1}`} tone="document">
      <LongText text={str(document.page_content)} />
      <Rest name={words.metadata} fields={document} without={["$type", "page_content"]} />
    </Card>
  );
}

function Several({ items }: { items: Typed[] }) {
  const [limit, setLimit] = useState(MANY);
  return (
    <>
      {items
        .slice(0, limit)
        .map((item, index) =>
          isMessage(item) ? (
            <Message key={index} message={item} />
          ) : (
            <Document key={index} document={item} index={index} />
          ),
        )}
      {items.length > limit && (
        <Button
          class="cv-link"
          label={words.showMore(items.length - limit)}
          text={words.showMore(items.length - limit)}
          onClick={() => setLimit(items.length)}
        />
      )}
    </>
  );
}

/** The messages or documents that a value is, or that it holds as its only content. */
function cardsOf(value: Value): Typed[] | null {
  if (isMessage(value) || isDocument(value)) return [value];
  if (Array.isArray(value)) {
    const flat = value.flat() as Value[];
    return flat.length > 0 && flat.every((item) => isMessage(item) || isDocument(item)) ? (flat as Typed[]) : null;
  }
  if (isTyped(value, "prompt") && Array.isArray(value.messages)) return cardsOf(value.messages);
  if (!isDict(value) || isTyped(value)) return null;
  const [only, ...others] = Object.entries(value);
  return only && others.length === 0 && ["messages", "documents"].includes(only[0]) ? cardsOf(only[1]) : null;
}

export function ValueView({ name, value }: { name: string; value: Value }) {
  const note = cutNote(value);
  const body = isTyped(value, "cut") && value.of === "str" ? (value.head ?? "") : value;
  return (
    <>
      <Body name={name} value={body} />
      {note && <p class="cv-muted">{note}</p>}
    </>
  );
}

function Body({ name, value }: { name: string; value: Value }) {
  if (typeof value === "string") return <LongText text={value} />;
  if (isTyped(value, "prompt") && typeof value.text === "string") return <LongText text={value.text} />;
  if (isTyped(value, "opaque")) return <LongText text={str(value.repr)} code />;
  const cards = cardsOf(value);
  if (cards) return <Several items={cards} />;
  if (typeof value !== "object" || value === null) {
    return <code class="cv-tone-literal">{preview(value).preview}</code>;
  }
  return <ValueTree name={name} value={value} />;
}

export { LongText };
