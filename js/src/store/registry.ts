// One store per trace and page: whichever view mounts first brings it up, the last that goes takes it down.
import { follow } from "../wire/follow";
import { type Channel, requester } from "../wire/requests";
import { share } from "./share";
import { type Said, Store } from "./store";

export interface Ends {
  feed: Channel;
  control: Channel;
}

interface Entry {
  store: Store;
  holders: number;
  controller: AbortController;
}

const TICK = 100;
const SHORT = 8;
const LONG = 20;

/** Runs a task in one of the browser's frames, the next time `pause` milliseconds after it: what the page took for it
    tells how many. */
function paced(pauseAfter: (took: number) => number): (task: () => void) => void {
  let pause = 0;
  const paint = (task: () => void) => {
    const began = performance.now();
    task();
    setTimeout(() => {
      pause = pauseAfter(performance.now() - began);
    });
  };
  // A page in the background gets no frames; its timers still run.
  const next = (task: () => void) =>
    document.hidden ? setTimeout(paint, TICK, task) : requestAnimationFrame(() => paint(task));
  return (task) => (pause > 0 ? setTimeout(next, pause, task) : next(task));
}

const entries = new Map<string, Entry>();

function open(ends: Promise<Ends>, said: Said): Entry {
  const store = new Store(
    null,
    paced((took) => Math.min(took - SHORT, LONG)),
    said,
  );
  const controller = new AbortController();
  const { signal } = controller;
  const later = paced((took) => Math.max(TICK, 4 * took));
  const tick = () => {
    if (signal.aborted || store.closed()) return;
    store.tick();
    later(tick);
  };
  tick();
  signal.addEventListener("abort", () => store.replay.pause());
  ends.then(
    ({ feed, control }) => {
      if (signal.aborted) return;
      store.ask = requester(control, signal, said.late);
      share(store, feed, store.ask, signal);
      follow(feed, store.ask, store, signal, said.locale);
    },
    (error: Error) => store.trouble(error.message),
  );
  return { store, holders: 0, controller };
}

/** The store of a trace, held until the signal aborts. */
export function storeOf(trace: string, ends: () => Promise<Ends>, said: Said, signal: AbortSignal): Store {
  const entry = entries.get(trace) ?? open(ends(), said);
  entries.set(trace, entry);
  entry.holders++;
  signal.addEventListener("abort", () => {
    if (--entry.holders > 0) return;
    entries.delete(trace);
    entry.controller.abort(new Error("closed"));
  });
  return entry.store;
}
