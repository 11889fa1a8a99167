// What builder.js is: the builder's view, for pages that show one. What it shares with the bundle, the bundle lends it.
import { render } from "preact";
import { BuildStore } from "./store/build";
import { type Ends, storeOf } from "./store/registry";
import css from "./style/builder.css?inline";
import { Guard } from "./ui/guard";
import { wear } from "./ui/theme";
import { words } from "./ui/words";
import { Builder } from "./views/builder/builder";
import { Editor } from "./views/builder/editor";
import { insertCellBelow, type Manager } from "./wire/notebook";
import type { BuilderRun } from "./wire/types";

interface Place {
  el: HTMLElement;
  manager: Manager | undefined;
  signal: AbortSignal;
}

/** Draws a builder until the signal aborts; `endsOf` finds the ends of the trace of a run. */
export default function drawBuilder(
  { feed, control }: Ends,
  endsOf: (run: BuilderRun) => Promise<Ends>,
  { el, manager, signal }: Place,
): void {
  wear(el, "builder", css);
  const build = new BuildStore((run, over) => storeOf(run.trace, () => endsOf(run), words, over), words);
  const editor = new Editor(build, (code) => insertCellBelow(el, manager, code));
  build.connect(feed, control, signal);
  render(
    <Guard>
      <Builder editor={editor} />
    </Guard>,
    el,
  );
}
