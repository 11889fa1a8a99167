// The filter: a search box with completion, chips for the common terms, and how much matches.
import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { type Completion, completions } from "../../store/filter/complete";
import type { RunType } from "../../store/runs";
import { claim } from "../../ui/events";
import { useId } from "../../ui/ids";
import { Button } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import { useStore } from "../context";

function useCompletion(source: string, set: (text: string) => void) {
  const store = useStore();
  const box = useRef<HTMLInputElement>(null);
  const [options, setOptions] = useState<Completion[]>([]);
  const [at, setAt] = useState(-1);

  const close = () => {
    setOptions([]);
    setAt(-1);
  };
  const suggest = () => {
    const input = box.current;
    if (!input) return;
    setOptions(completions(input.value, input.selectionStart ?? input.value.length, store.trace.peek()));
    setAt(-1);
  };
  const take = (option: Completion) => {
    const input = box.current;
    if (!input) return;
    const whole = option.text.endsWith(":") ? option.text : `${option.text} `;
    const rest = source.slice(option.to).replace(/^ +/, "");
    set(source.slice(0, option.from) + whole + rest);
    input.value = source.slice(0, option.from) + whole + rest;
    input.focus();
    input.setSelectionRange(option.from + whole.length, option.from + whole.length);
    if (option.text.endsWith(":")) suggest();
    else close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    if (step && options.length === 0) suggest();
    else if (step) setAt((at + step + options.length) % options.length);
    else if ((key === "Enter" || key === "Tab") && options[at]) take(options[at]);
    else if (key === "Escape" && options.length > 0) close();
    else if (key === "Escape" && source !== "") set("");
    else if (key === "Enter") close();
    else return;
    claim(event);
  };
  return { box, options, at, suggest, close, take, onKeyDown };
}

type ChipName = keyof typeof words.chips;
const TERMS: Record<ChipName, string> = {
  errors: "status:error",
  models: "type:chat_model type:llm",
  retrievers: "type:retriever",
  tools: "type:tool",
  slow: ">500ms",
  chunks: "-event:stream",
};
const NEEDS: Partial<Record<ChipName, RunType[]>> = {
  models: ["chat_model", "llm"],
  retrievers: ["retriever"],
  tools: ["tool"],
};

/** The source with the term where it lacks it, without it where it has it. */
export function toggleTerm(source: string, term: string): string {
  const padded = ` ${source.trim()} `;
  const without = padded.replace(` ${term} `, " ");
  return (without === padded ? `${source.trim()} ${term}` : without).trim();
}

function Chips() {
  const store = useStore();
  const types = useComputed(() => [...store.calm.value.log.words.types].join(" ")).value.split(" ");
  const { source } = store.filter.value;
  const names = (Object.keys(TERMS) as ChipName[]).filter(
    (name) => NEEDS[name]?.some((type) => types.includes(type)) ?? true,
  );
  return (
    <div class="cv-chips" role="group" aria-label={words.commonFilters}>
      {names.map((name) => (
        <button
          type="button"
          key={name}
          class="cv-chip"
          title={TERMS[name]}
          aria-pressed={` ${source} `.includes(` ${TERMS[name]} `)}
          onClick={() => store.setFilter(toggleTerm(source, TERMS[name]))}
        >
          {words.chips[name]}
        </button>
      ))}
    </div>
  );
}

export function FilterBox() {
  const store = useStore();
  const id = useId();
  const { source, error } = store.filter.value;
  const { box, options, at, suggest, close, take, onKeyDown } = useCompletion(source, (text) => store.setFilter(text));
  const count = useComputed(() => {
    const { events, dropped } = store.calm.value;
    return words.matches(store.rows.value.length, events) + (dropped ? `, ${words.dropped(dropped)}` : "");
  }).value;

  return (
    <div class="cv-filter">
      <div class="cv-filter-line">
        <span class="cv-filter-box">
          <input
            ref={box}
            type="search"
            spellcheck={false}
            autocomplete="off"
            aria-label={words.filter}
            aria-invalid={error !== null}
            aria-describedby={error ? `${id}-error` : undefined}
            aria-autocomplete="list"
            aria-controls={options.length ? `${id}-list` : undefined}
            aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
            placeholder={words.placeholder}
            value={source}
            onInput={(event) => {
              store.setFilter(event.currentTarget.value);
              suggest();
            }}
            onKeyDown={onKeyDown}
            onFocus={() => store.wantText("")}
            onBlur={close}
          />
          {options.length > 0 && (
            <div role="listbox" id={`${id}-list`} class="cv-options" aria-label={words.suggestions}>
              {options.map((option, index) => (
                <div
                  role="option"
                  key={option.text}
                  id={`${id}-${index}`}
                  aria-selected={index === at}
                  onMouseDown={(event) => {
                    event.preventDefault();
                    take(option);
                  }}
                >
                  {oneLine(option.text, 80)}
                </div>
              ))}
            </div>
          )}
        </span>
        {source !== "" && <Button icon="close" label={words.clear} onClick={() => store.setFilter("")} />}
        <span class="cv-matches" aria-live={store.calm.value.closed ? "polite" : "off"}>
          {count}
        </span>
        <Chips />
      </div>
      {error && (
        <p class="cv-filter-error" id={`${id}-error`} role="alert">
          {oneLine(words.filterFaults[error.fault](error.at, error.got, error.allowed))}
        </p>
      )}
    </div>
  );
}
