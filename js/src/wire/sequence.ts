// The order of batches: what to do with one that arrives when everything before `have` is known.
import type { Batch, Chunks } from "./types";

export type Verdict = "apply" | "seen" | "gap";

// A batch that ends just at `have` is still applied: it may bring a graph, or the word that nothing more will follow.
export function judge(have: number, batch: Batch): Verdict {
  if (batch.from_seq > have) return "gap";
  return batch.to_seq < have ? "seen" : "apply";
}

function trimChunks(chunks: Chunks, have: number): Chunks {
  const cut = chunks.seqs.findIndex((seq) => seq >= have);
  const from = cut < 0 ? chunks.seqs.length : cut;
  return {
    run: chunks.run,
    seqs: chunks.seqs.slice(from),
    ts: chunks.ts.slice(from),
    texts: chunks.texts.slice(from),
    values: chunks.values?.slice(from) ?? null,
  };
}

/** The batch without the events that are known already. */
export function trim(batch: Batch, have: number): Batch {
  if (batch.from_seq >= have) return batch;
  return {
    ...batch,
    from_seq: have,
    events: batch.events?.filter((event) => event.seq >= have) ?? [],
    chunks: batch.chunks?.map((chunks) => trimChunks(chunks, have)).filter((chunks) => chunks.seqs.length > 0) ?? [],
    patches: batch.patches?.filter((patch) => patch.seq >= have) ?? [],
  };
}
