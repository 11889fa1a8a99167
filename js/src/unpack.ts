// What assets.js is: the bundle, deflated, and this. Jupyter's socket compresses nothing, so half the bytes are saved.

declare const PACKED: string;

let bundle: Promise<unknown> | undefined;

async function unpack(): Promise<unknown> {
  const bytes = Uint8Array.from(atob(PACKED), (char) => char.charCodeAt(0));
  const text = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")));
  const url = URL.createObjectURL(new Blob([await text.text()], { type: "text/javascript" }));
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
