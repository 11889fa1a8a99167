// The chain builder: the tree of slots, the palette or the selected step beside it, a run, and the code.
import { useMemo } from "preact/hooks";
import { phrases } from "../../ui/builder-words";
import { claim } from "../../ui/events";
import { Button, Notice } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { Pane } from "../pane";
import { typingAhead } from "./ahead";
import { CodePane } from "./code";
import { dropZone } from "./drag";
import { type ActionName, type Editor, EditorContext, targetBeside, useEditor } from "./editor";
import { Inspector } from "./inspector";
import { keyOf } from "./keys";
import { PalettePane } from "./palette";
import { RunPane } from "./run";
import { BuildTree } from "./tree";

function History() {
  const { build } = useEditor();
  const { undo, redo } = build.state.value ?? {};
  const step = (op: "undo" | "redo", what: string | null | undefined) => (
    <Button
      icon={op === "undo" ? "fallbacks" : "retry"}
      label={[phrases[op], phrases.actions[what as ActionName]].filter(Boolean).join(": ")}
      disabled={!what}
      onClick={() => void build.edit({ op })}
    />
  );
  return (
    <>
      {step("undo", undo)}
      {step("redo", redo)}
    </>
  );
}

/** An empty chain: how to begin. */
function Start() {
  const { build } = useEditor();
  const state = build.state.value;
  if (!state || state.root.children.some(({ empty }) => !empty)) return null;
  return (
    <div class="cv-empty">
      {phrases.start}
      {state.templates.map((name) => (
        <button type="button" class="cv-chip" key={name} onClick={() => void build.edit({ op: "load_template", name })}>
          {oneLine(name, 40)}
        </button>
      ))}
    </div>
  );
}

/** The palette while it is open, and for a slot that is empty. */
function Side() {
  const { build, closed } = useEditor();
  const site = build.site.value;
  const target =
    build.target.value ?? (site?.node.empty && closed.value !== site.node.id && targetBeside(site, "before"));
  if (target) return <PalettePane target={target} />;
  return site ? <Inspector site={site} /> : null;
}

export function Builder({ editor }: { editor: Editor }) {
  const { build } = editor;
  const keep = useMemo(() => typingAhead(editor), [editor]);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const key = keyOf(event);
    const op = key === "Ctrl+z" ? "undo" : key === "Ctrl+Z" || key === "Ctrl+y" ? "redo" : null;
    if (key === "Ctrl+Enter") {
      target.dispatchEvent(new Event("change"));
      editor.run();
    } else if (op && !target.matches("input, textarea")) {
      // A text field undoes by itself what was typed into it.
      if (build.state.value?.[op]) editor.edit({ op });
    } else if (key === "Escape") editor.returning.value = true;
    else return;
    claim(event);
  };
  return (
    <EditorContext.Provider value={editor}>
      <div
        class="cv-alone cv-builder"
        ref={(root) => {
          editor.root = root;
        }}
        onKeyDownCapture={keep}
        onKeyDown={onKeyDown}
        {...dropZone(editor)}
      >
        <Notice
          text={build.notice.value}
          onClose={() => {
            build.notice.value = null;
          }}
        />
        <div class="cv-panes">
          <Pane name="build" title={phrases.tree} tools={<History />}>
            <BuildTree>
              <Start />
            </BuildTree>
          </Pane>
          <Side />
          <RunPane />
          <CodePane />
        </div>
      </div>
    </EditorContext.Provider>
  );
}
