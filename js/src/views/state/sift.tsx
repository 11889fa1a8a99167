// Which sub-runs the log shows: includes and excludes by type, name and tag, as `astream_log` takes them.
import type { Trace } from "../../store/trace";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { isDict } from "../../wire/values";

/** The signs of the terms that are chosen: `type:tool` → `+` or `−`. */
export type Sift = Readonly<Record<string, "+" | "−">>;

const MOST = 60;

/** What the log calls a run's type. */
const typeOf = (type: Value | undefined) => `type:${type === "chat_model" ? "llm" : type}`;
const nameOf = (name: Value | undefined) => `name:${name}`;
const tagOf = (tag: Value) => `tag:${tag}`;

/** Whether a run, or its entry in the log, is shown. */
export function sifter(sift: Sift): (run: Value) => boolean {
  const signs = Object.values(sift);
  if (signs.length === 0) return () => true;
  return (run) => {
    if (!isDict(run)) return true;
    const tags = Array.isArray(run.tags) ? run.tags : [];
    const met = [typeOf(run.type), nameOf(run.name), ...tags.map(tagOf)].map((term) => sift[term]);
    return (!signs.includes("+") || met.includes("+")) && !met.includes("−");
  };
}

/** The state with those entries of its log that are shown. */
export function sifted(state: Value, shows: (run: Value) => boolean): Value {
  if (!isDict(state) || !isDict(state.logs)) return state;
  return { ...state, logs: Object.fromEntries(Object.entries(state.logs).filter(([, entry]) => shows(entry))) };
}

/** A chip a term: one click includes, the next excludes, the third lets go. */
export function SiftChips({ trace, sift, set }: { trace: Trace; sift: Sift; set(sift: Sift): void }) {
  const { types, names, tags } = trace.log.words;
  const first = (set: Set<string>, term: (word: string) => string) => [...set].slice(0, MOST).map(term);
  const terms = new Set([...first(types, typeOf), ...first(names, nameOf), ...first(tags, tagOf)]);
  const turn = (term: string) => {
    const { [term]: sign, ...others } = sift;
    set(sign === "−" ? others : { ...others, [term]: sign ? "−" : "+" });
  };
  return (
    <div class="cv-scroll cv-chips cv-sift" role="group" aria-label={words.sift}>
      {[...terms].map((term) => {
        const sign = sift[term];
        return (
          <button type="button" key={term} class="cv-chip" aria-pressed={sign !== undefined} onClick={() => turn(term)}>
            {sign} {oneLine(term, 60)}
          </button>
        );
      })}
    </div>
  );
}
