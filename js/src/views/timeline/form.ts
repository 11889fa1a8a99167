// An event in the form of `astream_events`, of version 1 or 2.
import { eventName } from "../../store/filter/match";
import { AWAY, isModel, type Run } from "../../store/runs";
import type { Row, Trace } from "../../store/trace";
import type { Value } from "../../wire/types";
import { type Dict, isMessage, isText, str, textOf } from "../../wire/values";

export type Version = "v1" | "v2";

/** A model's output as a result; what a model tells beside its message is not on the page. */
function resultOf(output: Value): Dict {
  const text = { generation_info: null, text: textOf(output), type: "Generation" };
  const kind = isMessage(output) && str(output.class).endsWith("Chunk") ? "ChatGenerationChunk" : "ChatGeneration";
  return { generations: [[isMessage(output) ? { ...text, type: kind, message: output } : text]], llm_output: null };
}

// Said as a text, so that the bundle does not shorten it.
const chunkOf = (value: Value): Dict => Object.fromEntries([["chunk", value]]);

/** A run's output in the events of version 1. */
function oldOutput(run: Run, output: Value): Value {
  if (isModel(run)) return { ...resultOf(output), run: null, type: "LLMResult" };
  if (run.type === "retriever") return { documents: output };
  return output === null && run.type !== "prompt" ? { output } : output;
}

function shownOutput(run: Run, output: Value, version: Version): Value {
  if (output === AWAY) return output;
  if (version === "v2") return run.type === "llm" ? resultOf(output) : output;
  return run.parent === null ? output : oldOutput(run, output);
}

function parentsOf(trace: Trace, { parent }: Run): string[] {
  const above = trace.runs.get(parent ?? "");
  return above ? [...parentsOf(trace, above), above.id] : [];
}

/** What `astream_events` tells of the row: mostly one event, in version 1 none for some and two for others. */
export function streamEvents(trace: Trace, row: Row, version: Version): Value[] {
  const run = trace.runs.get(row.run);
  if (!run) return [];
  const old = version === "v1";
  const { value = null, kind } = row;
  const event = (name: string, data: Value, own = run.name): Value => ({
    event: name,
    name: own,
    run_id: run.id,
    parent_ids: old ? [] : parentsOf(trace, run),
    tags: run.tags,
    metadata: run.metadata,
    data,
  });
  if (kind === "custom") return old ? [] : [event("on_custom_event", value, row.label)];
  const named = (data: Dict) => event(eventName(run, row), data);
  const input: Dict = run.input === undefined ? {} : { input: run.input };
  if (kind === "start") return [named(row.value === undefined ? {} : { input: value })];
  if (kind === "error") return [named({ error: value, ...input })];
  if (kind === "cancel") return [named({ reason: value, ...input })];
  if (kind === "stream") {
    const bare = run.type === "llm" && !old && run.parent !== null && isText(value);
    return [named(chunkOf(bare ? { $type: "object", class: "GenerationChunk", fields: { text: value } } : value))];
  }
  const output = shownOutput(run, value, version);
  if (run.parent !== null) return [named(old ? { ...input, output } : { output, ...input })];
  const end = named({ output });
  return old && run.chunks === 0 ? [event(`on_${run.type}_stream`, chunkOf(output)), end] : [end];
}
