// The filter: a search box with completion, and how much matches.
import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { type Completion, completions } from "../../store/filter/complete";
import { claim } from "../../ui/events";
import { useId } from "../../ui/ids";
import { Button } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Chips } from "./chips";

function useCompletion(source: string) {
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
    store.setFilter(source.slice(0, option.from) + whole + rest);
    input.value = source.slice(0, option.from) + whole + rest;
    input.focus();
    input.setSelectionRange(option.from + whole.length, option.from + whole.length);
    if (option.text.endsWith(":")) suggest();
    else close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    const { length } = options;
    if (length === 0 && (key === "ArrowDown" || key === "ArrowUp")) suggest();
    else if (key === "ArrowDown") setAt((at + 1) % length);
    else if (key === "ArrowUp") setAt((at > 0 ? at : length) - 1);
    else if ((key === "Enter" || key === "Tab") && options[at]) take(options[at]);
    else if (key === "Escape" && length > 0) close();
    else if (key === "Escape" && source !== "") store.setFilter("");
    else if (key === "Enter") close();
    else return;
    claim(event);
  };
  const clear = () => {
    store.setFilter("");
    box.current?.focus();
  };
  return { box, options, at, suggest, close, take, clear, onKeyDown };
}

export function FilterBox() {
  const store = useStore();
  const id = useId();
  const { source, error } = store.filter.value;
  const { box, options, at, suggest, close, take, clear, onKeyDown } = useCompletion(source);
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
        {source !== "" && <Button icon="close" label={words.clear} onClick={clear} />}
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
