// Traces of batches, and all that one says, as plain data.
import { Log } from "../src/store/log";
import { StepIndex, type Steps } from "../src/store/steps";
import { EMPTY, newestOf, type Trace } from "../src/store/trace";
import type { Batch } from "../src/wire/types";

/** The trace after a batch that begins where the trace ends. Older versions stay as they were. */
export function applyBatch(trace: Trace, batch: Batch): Trace {
  const log = trace === EMPTY ? new Log() : trace.log;
  log.apply(batch);
  return newestOf(log);
}

/** The steps of everything that ran, in order of appearance. */
export function stepsOf(trace: Trace): Steps {
  const index = new StepIndex(trace.log);
  index.update();
  return index.at(trace);
}

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
