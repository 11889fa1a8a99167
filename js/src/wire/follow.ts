// Following a trace: frames as they come, a `sync` at the start, where a frame is missing, and after a long silence
// (a lost last frame leaves no gap to see).
import { type Part, readPart } from "./parts";
import { type Ask, type Channel, NoAnswer } from "./requests";
import { judge } from "./sequence";
import type { Batch, Columns, Frame, Snapshot } from "./types";

export interface Log {
  have(): number;
  closed(): boolean;
  /** Takes a batch that begins where it ends, or before. */
  apply(batch: Batch): void;
  /** Takes a part of a long trace. */
  load(part: Part): void;
  /** What a snapshot says besides its batch. */
  meet(snapshot: Omit<Snapshot, "batch">): void;
  /** Something stands in the way, said in a sentence; null when it is over. */
  trouble(sentence: string | null): void;
}

// A request sent before the host has opened its side channel waits behind the busy cell; the next one does not.
export const PATIENCE = [1_000, 2_000, 5_000, 10_000];
const SILENCE = [5_000, 10_000, 30_000, 60_000];
const AGAIN = 500;
const WAITING = 500;

export function follow(feed: Channel, ask: Ask, log: Log, signal: AbortSignal, language = "en"): void {
  // Frames beyond a gap; only so many are kept, for the answer to the sync brings them anyway.
  let waiting: Batch[] = [];
  let asking = false;
  let quiet = 0;
  let unanswered = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (batch: Batch) => {
    const verdict = judge(log.have(), batch);
    if (verdict === "apply") log.apply(batch);
    return verdict;
  };

  const drain = () => {
    waiting.sort((a, b) => a.from_seq - b.from_seq);
    waiting = waiting.filter((batch) => take(batch) === "gap");
  };

  const listenOn = () => {
    clearTimeout(timer);
    if (log.closed() && waiting.length === 0) return;
    const pause = waiting.length > 0 ? AGAIN : SILENCE[Math.min(quiet++, SILENCE.length - 1)];
    timer = setTimeout(() => void sync(log.have()), pause);
  };

  const sync = async (haveSeq: number) => {
    if (asking || signal.aborted) return;
    asking = true;
    let again = false;
    try {
      const patience = PATIENCE[Math.min(unanswered, PATIENCE.length - 1)];
      const { buffers = [], ...answer } = await ask({ type: "sync", have_seq: haveSeq, language }, patience);
      const snapshot = answer as Snapshot | Columns;
      unanswered = 0;
      log.meet(snapshot);
      if ("batch" in snapshot) take(snapshot.batch);
      else if (snapshot.from_seq <= log.have()) {
        const before = log.have();
        log.load(readPart(snapshot, buffers));
        // A long trace comes part by part: the next is asked for until the page is level.
        again = log.have() > before && log.have() < snapshot.end_seq && !log.closed();
      }
      drain();
      log.trouble(null);
    } catch (error) {
      if (signal.aborted) return;
      const blind = log.have() === 0 || waiting.length > 0;
      const refused = !(error instanceof NoAnswer);
      again = !refused && ++unanswered < PATIENCE.length;
      if (refused || (blind && !again)) log.trouble((error as Error).message);
      if (refused) return;
    } finally {
      asking = false;
    }
    if (again) void sync(log.have());
    else listenOn();
  };

  const receive = (content: unknown) => {
    const frame = content as Frame;
    if (frame?.type !== "frame") return;
    const verdict = take(frame.batch);
    if (verdict === "gap") {
      if (waiting.length < WAITING) waiting.push(frame.batch);
      void sync(log.have());
      return;
    }
    if (waiting.length > 0) drain();
    quiet = 0;
    if (!asking) listenOn();
  };

  feed.on("msg:custom", receive);
  signal.addEventListener("abort", () => {
    feed.off("msg:custom", receive);
    clearTimeout(timer);
  });
  void sync(0);
}
