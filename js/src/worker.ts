// The layout of graphs of states, which layout.js gives a worker. Where a page may have no worker it calls
// `chainvizLayout` itself.
import { arrange } from "./layout/arrange";
import type { Level } from "./layout/level";

const scope = globalThis as unknown as {
  document?: Document;
  chainvizLayout?: typeof arrange;
  onmessage?: (event: MessageEvent<Level>) => void;
  postMessage(message: unknown): void;
};

if (scope.document) scope.chainvizLayout = arrange;
else scope.onmessage = ({ data }) => scope.postMessage(arrange(data));
