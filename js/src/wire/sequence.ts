// The order of batches: what to do with one that arrives when everything before `have` is known.
import type { Batch } from "./types";

type Verdict = "apply" | "seen" | "gap";

// A batch that ends just at `have` is still applied: it may bring a graph, or the word that nothing more will follow.
export function judge(have: number, batch: Batch): Verdict {
  if (batch.from_seq > have) return "gap";
  return batch.to_seq < have ? "seen" : "apply";
}
