// The palette: every component, those that fit first; what does not fit says why.
import { useEffect, useState } from "preact/hooks";
import type { Target } from "../../store/build";
import { phrases } from "../../ui/builder-words";
import { claim, isShortcut } from "../../ui/events";
import { Badge } from "../../ui/icons";
import { useId } from "../../ui/ids";
import { Button, Empty } from "../../ui/parts";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import type { PaletteEntry } from "../../wire/types";
import { Pane } from "../pane";
import { beginDrag } from "./drag";
import { useEditor } from "./editor";

function isFoundIn({ label, group, doc }: PaletteEntry, text: string): boolean {
  const said = `${label} ${group} ${doc ?? ""}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

function usePalette(target: Target): PaletteEntry[] | null {
  const { build } = useEditor();
  const [entries, setEntries] = useState<PaletteEntry[] | null>(null);
  const revision = build.state.value?.revision;
  useEffect(() => {
    let late = false;
    void build.palette(target).then((found) => late || setEntries(found));
    return () => {
      late = true;
    };
  }, [JSON.stringify(target), revision]);
  return entries;
}

export function PalettePane({ target }: { target: Target }) {
  const editor = useEditor();
  const id = useId();
  const entries = usePalette(target);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const inLabel = ({ label }: PaletteEntry) => Number(label.toLowerCase().includes(text.toLowerCase()));
  const found = (entries ?? []).filter((entry) => isFoundIn(entry, text)).sort((a, b) => inLabel(b) - inLabel(a));
  const active = Math.min(at, found.length - 1);
  const pointed = found.length ? `${id}-${active}` : undefined;
  const close = () => {
    editor.closePalette();
    editor.returning.value = true;
  };
  const choose = ({ component }: PaletteEntry) => {
    const node = editor.build.sites.peek().get(target.at?.parent ?? "")?.node;
    // What an empty slot is already.
    if (node?.empty && node.component === component) close();
    else editor.put(component, target);
  };
  const go = (to: number) => {
    setAt(to);
    editor.root?.querySelector(`#${id}-${to}`)?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (isShortcut(event)) return;
    if (key === "ArrowDown") go(Math.min(found.length - 1, active + 1));
    else if (key === "ArrowUp") go(Math.max(0, active - 1));
    else if (key === "Enter" && found[active]) choose(found[active]);
    else if (key === "Escape") close();
    else return;
    claim(event);
  };
  return (
    <Pane
      name="palette"
      title={phrases.components}
      tools={<Button icon="close" label={words.hide(phrases.components)} onClick={close} />}
    >
      <div class="cv-palette" onKeyDown={onKeyDown}>
        <p class="cv-muted">{target.title}</p>
        <input
          type="search"
          aria-label={phrases.search}
          placeholder={phrases.search}
          aria-controls={`${id}-list`}
          aria-activedescendant={pointed}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
        />
        {entries && found.length === 0 && <Empty>{phrases.noneFound}</Empty>}
        <div
          role="listbox"
          class="cv-scroll"
          tabIndex={0}
          id={`${id}-list`}
          aria-label={phrases.components}
          aria-activedescendant={pointed}
        >
          {found.map((entry, index) => (
            <div
              role="option"
              key={entry.component}
              id={`${id}-${index}`}
              class={`cv-step-head cv-option cv-kind-${entry.kind} ${entry.fits ? "" : "cv-misfit"}`}
              title={oneLine(entry.doc ?? "")}
              aria-selected={index === active}
              draggable
              onDragStart={(event) => beginDrag(event, editor, entry)}
              onClick={() => choose(entry)}
            >
              <Badge kind={entry.kind} />
              <span class="cv-name">{oneLine(entry.label, 80)}</span>
              <span class="cv-muted">{entry.group === "Yours" ? phrases.yours : words.kinds[entry.kind]}</span>
              {(entry.why || entry.doc) && (
                <span class="cv-params">
                  <span>{oneLine(entry.why ? `✗ ${entry.why}` : (entry.doc ?? "").split("\n", 1).join(""), 160)}</span>
                </span>
              )}
            </div>
          ))}
        </div>
      </div>
    </Pane>
  );
}
