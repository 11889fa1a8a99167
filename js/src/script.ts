// Scripts that only some pages need: the kernel sends each when it is first asked for; a saved page has what it needs.
import { forBuilder, forStates } from "./lent";
import { words } from "./ui/words";
import { bytesOf, inflated } from "./wire/parts";
import { type Ask, type AskBuilder, type Channel, requester } from "./wire/requests";

type DrawBuilder = typeof import("./builder").default;
type StatesBy = typeof import("./states").default;

const PATIENCE = 30_000;

export const page: { builder: Promise<DrawBuilder> | null; states: Promise<ReturnType<StatesBy>> | null } = {
  builder: null,
  states: null,
};
const shared = globalThis as unknown as { chainvizStates?(lent: unknown[]): { default: StatesBy } };

const urlOf = (text: string) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

async function loadBuilder(control: Channel): Promise<DrawBuilder> {
  const asking = new AbortController();
  const ask: AskBuilder = requester(control, asking.signal, words.late);
  try {
    const { buffers = [] } = await ask({ type: "script" });
    return (await import(urlOf(await inflated(bytesOf(buffers, 0))))).default(forBuilder()).default;
  } finally {
    asking.abort();
  }
}

/** What draws builders, by a builder's control; after a failure it can be asked again. */
export function builderScript(control: Channel): Promise<DrawBuilder> {
  page.builder ??= loadBuilder(control).catch((error) => {
    page.builder = null;
    throw error;
  });
  return page.builder;
}

async function loadStates(ask: Ask | null): Promise<ReturnType<StatesBy>> {
  let text = document.getElementById("chainviz-layout")?.textContent;
  if (text == null && ask) {
    const { buffers = [] } = await ask({ type: "layout" }, PATIENCE);
    text = await inflated(bytesOf(buffers, 0));
  }
  const url = text ? urlOf(text) : null;
  if (url && !shared.chainvizStates) await import(url);
  if (!shared.chainvizStates) throw new Error(words.noTrace);
  return shared.chainvizStates(forStates()).default(url);
}

/** The view of graphs of states; after a failure it can be asked again. */
export function statesScript(ask: Ask | null): Promise<ReturnType<StatesBy>> {
  page.states ??= loadStates(ask).catch((error) => {
    page.states = null;
    throw error;
  });
  return page.states;
}
