// The builder's script on this page: the kernel sends it when the first builder is shown.
import { lent } from "./lent";
import { words } from "./ui/words";
import { bytesOf, inflated } from "./wire/parts";
import { type AskBuilder, type Channel, requester } from "./wire/requests";

type Script = typeof import("./builder");

export const page: { script: Promise<Script> | null } = { script: null };

async function load(control: Channel): Promise<Script> {
  const asking = new AbortController();
  const ask: AskBuilder = requester(control, asking.signal, words.late);
  try {
    const { buffers = [] } = await ask({ type: "script" });
    const url = URL.createObjectURL(new Blob([await inflated(bytesOf(buffers, 0))], { type: "text/javascript" }));
    return (await import(url)).default(lent);
  } finally {
    asking.abort();
  }
}

/** Asks a builder's control for it, once; after a failure again. */
export function builderScript(control: Channel): Promise<Script> {
  page.script ??= load(control).catch((error) => {
    page.script = null;
    throw error;
  });
  return page.script;
}
