// Who lays out the graphs of states on this page: a worker, made once. Its text is in a saved page that needs it; else
// the kernel sends it when the first such graph is drawn.
import type { Level, Placed } from "../../layout/level";
import { bytesOf, inflated } from "../../wire/parts";
import type { Ask } from "../../wire/requests";

type Arrange = (level: Level) => Promise<Placed>;

const PATIENCE = 30_000;
const FRAME = 20;

const shared = globalThis as { chainvizLayout?: (level: Level) => Placed };
let arranger: Promise<Arrange> | undefined;

function workerOf(url: string): Worker | null {
  try {
    return new Worker(url);
  } catch {
    return null;
  }
}

function arrangerOf(text: string): Arrange {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  let worker = text ? workerOf(url) : null;
  let last: Promise<unknown> = Promise.resolve();

  const inWorker: Arrange = (level) =>
    new Promise((resolve, reject) => {
      if (!worker) return reject();
      worker.onmessage = ({ data }) => resolve(data);
      // Where the page's policy forbids workers, this says so.
      worker.onerror = () => {
        worker = null;
        reject();
      };
      worker.postMessage(level);
    });
  const onPage: Arrange = async (level) => {
    await new Promise((resolve) => setTimeout(resolve, FRAME));
    if (!shared.chainvizLayout) await import(url);
    return (shared.chainvizLayout as (level: Level) => Placed)(level);
  };
  return (level) => {
    const placed = last.then(() => inWorker(level)).catch(() => onPage(level));
    last = placed.catch(() => {});
    return placed;
  };
}

async function begin(ask: Ask | null): Promise<Arrange> {
  const inline = document.getElementById("chainviz-layout")?.textContent;
  if (inline != null || !ask) return arrangerOf(inline ?? "");
  const { buffers = [] } = await ask({ type: "layout" }, PATIENCE);
  return arrangerOf(await inflated(bytesOf(buffers, 0)));
}

export async function arranged(level: Level, ask: Ask | null): Promise<Placed> {
  arranger ??= begin(ask);
  const mine = arranger;
  try {
    return await (await mine)(level);
  } catch (error) {
    // The next one asks again.
    if (arranger === mine) arranger = undefined;
    throw error;
  }
}
