// Chips that put a common term into the filter, and take it out.
import { useComputed } from "@preact/signals";
import type { RunType } from "../../store/runs";
import { words } from "../../ui/words";
import { useStore } from "../context";

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

export function Chips() {
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
