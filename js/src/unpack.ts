// What assets.js is: the bundle and its Spanish words, deflated, and this. Jupyter's socket compresses nothing, so half
// the bytes are saved.
import { isSpanish } from "./ui/language";

declare const PACKED: string;
declare const SPANISH: string;

let bundle: Promise<unknown> | undefined;

function inflated(packed: string): Promise<string> {
  const text = atob(packed);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

async function unpack(): Promise<unknown> {
  const parts = await Promise.all((isSpanish() ? [SPANISH, PACKED] : [PACKED]).map(inflated));
  const url = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The bundle's exports; unpacked once. */
export function load(): Promise<unknown> {
  bundle ??= unpack();
  return bundle;
}

// A host gives `initialize` a time limit, which a machine that stands still for a while would break.
export default { initialize: () => ({ load }) };
