// A value for reading: text as text, messages as messages, documents as documents, all else as a JSON tree.
import { type ComponentChildren, Fragment } from "preact";
import { useState } from "preact/hooks";
import { Link } from "../../ui/parts";
import { headOf, visible } from "../../ui/text";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { type Dict, isDict, isDocument, isMessage, isText, isTyped, str, type Typed, textOf } from "../../wire/values";
import { callsOf } from "./calls";
import { cutNote, preview } from "./rows";
import { ValueTree } from "./tree";

const LONG = 1200;
const MANY = 20;

interface LongTextProps {
  text: string;
  code?: boolean;
  /** The end says more than the beginning. */
  end?: boolean;
}

export function LongText({ text, code = false, end = false }: LongTextProps) {
  const [all, setAll] = useState(false);
  const long = text.length > LONG;
  const part = end ? `…${text.slice(-LONG)}` : `${headOf(text, LONG)}…`;
  return (
    <div>
      <div class={`cv-text ${code ? "cv-code" : ""}`}>
        {text === "" ? <i class="cv-muted">{words.emptyText}</i> : visible(long && !all ? part : text)}
      </div>
      {long && <Link label={all ? words.showLess : words.showAll} onClick={() => setAll(!all)} />}
    </div>
  );
}

const isEmpty = (value: Value) => value === null || value === "" || (isTyped(value) ? false : sizeOf(value) === 0);
const sizeOf = (value: Value) => (typeof value === "object" && value ? Object.keys(value).length : 1);

/** Fields beside the main one, where they say something. */
function Rest({ name, fields, without = [] }: { name: string; fields: Dict; without?: string[] }) {
  const rest = Object.entries(fields).filter(([key, value]) => !without.includes(key) && !isEmpty(value));
  return rest.length ? <ValueTree name={name} value={Object.fromEntries(rest)} initially={() => false} /> : null;
}

function Usage({ usage }: { usage: Value | undefined }) {
  if (!isDict(usage)) return null;
  const [input = 0, output = 0, total = 0] = [usage.input_tokens, usage.output_tokens, usage.total_tokens].map(Number);
  return <p class="cv-muted">{words.usage(input, output, total)}</p>;
}

/** A part of a message: text as text, anything else as a tree. */
function Block({ block }: { block: Value }) {
  const text = isText(block) ? block : isDict(block) && block.type === "text" ? block.text : undefined;
  return isText(text) ? <LongText text={text} /> : <ValueTree name={words.output} value={block} />;
}

const OWN = ["$type", "class", "role", "content", "tool_calls", "usage_metadata", "type"];

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
  const calls = callsOf(message);
  const { content } = message;
  const text = textOf(message);
  return (
    <Card label={visible(role)} tone={["ai", "human", "system", "tool"].includes(role) ? role : "other"}>
      {Array.isArray(content)
        ? content.map((block, index) => <Block key={index} block={block} />)
        : (text !== "" || calls.length === 0) && <LongText text={text} />}
      {calls.map((call, index) => (
        <Fragment key={index}>
          <code class="cv-call">{call.text}</code>
          {isDict(call.args) && <Rest name={call.text} fields={call.args} />}
        </Fragment>
      ))}
      <Usage usage={message.usage_metadata} />
      <Rest name={words.metadata} fields={message} without={OWN} />
    </Card>
  );
}

function Document({ document, index }: { document: Typed; index: number }) {
  return (
    <Card label={words.document(index + 1)} tone="document">
      <LongText text={textOf(document.page_content)} />
      {isDict(document.metadata) && <Rest name={words.metadata} fields={document.metadata} />}
      <Rest name={words.details} fields={document} without={["$type", "page_content", "metadata"]} />
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
        <Link label={words.showMore(items.length - limit)} onClick={() => setLimit(limit + 10 * MANY)} />
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
  if (isText(value)) return <LongText text={value} />;
  if (isTyped(value, "prompt") && isText(value.text)) return <LongText text={value.text} />;
  if (isTyped(value, "opaque")) return <LongText text={str(value.repr)} code />;
  const cards = cardsOf(value);
  if (cards) return <Several items={cards} />;
  if (typeof value !== "object" || value === null) {
    return <code class="cv-tone-literal">{preview(value).preview}</code>;
  }
  return <ValueTree name={name} value={value} />;
}
