// Who lays out the graphs of states on this page: a worker, or the page itself where it may have none.
import type { Level, Placed } from "../../layout/level";

const FRAME = 20;

const shared = globalThis as unknown as { chainvizLayout(level: Level): Placed };
let worker: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();

/** Has the script at `url` do it. */
export function workBy(url: string): void {
  try {
    worker = new Worker(url);
  } catch {
    worker = null;
  }
}

const inWorker = (level: Level) =>
  new Promise<Placed>((resolve, reject) => {
    if (!worker) return reject();
    worker.onmessage = ({ data }) => resolve(data);
    // Where the page's policy forbids workers, this says so.
    worker.onerror = () => {
      worker = null;
      reject();
    };
    worker.postMessage(level);
  });

async function onPage(level: Level): Promise<Placed> {
  await new Promise((resolve) => setTimeout(resolve, FRAME));
  return shared.chainvizLayout(level);
}

export function arranged(level: Level): Promise<Placed> {
  const placed = last.then(() => inWorker(level)).catch(() => onPage(level));
  last = placed.catch(() => {});
  return placed;
}
