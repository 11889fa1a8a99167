// All that a trace says, as plain data.
import type { Trace } from "../src/store/trace";

export const rowsOf = (trace: Trace) => Array.from({ length: trace.events }, (_, place) => trace.row(place));

export function contentOf(trace: Trace) {
  const runs = Array.from(trace.runs.values(), (run) => ({
    ...Object.fromEntries(
      (
        ["id", "parent", "root", "depth", "path", "type", "name", "tags", "metadata", "seq", "start", "end"] as const
      ).map((key) => [key, run[key]]),
    ),
    ...{ status: run.status, input: run.input, output: run.output, error: run.error, reason: run.reason },
    ...{ children: run.children, chunks: run.chunks, tokens: run.tokens, texts: run.texts() },
    ...{ firstToken: run.firstToken, lastToken: run.lastToken },
  }));
  const states = trace.roots.map((root) => {
    const log = trace.states.get(root);
    return [root, log?.state, log?.count, log?.refused];
  });
  const { have, closed, last, begin, dropped } = trace;
  return { have, closed, last, begin, dropped, rows: rowsOf(trace), runs, states };
}
