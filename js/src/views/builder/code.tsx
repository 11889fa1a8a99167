// The chain as Python: to take along, and to bring one in.
import { useState } from "preact/hooks";
import { phrases } from "../../ui/builder-words";
import { CopyButton, copyText } from "../../ui/copy";
import { Button } from "../../ui/parts";
import { visible } from "../../ui/text";
import { words } from "../../ui/words";
import { Pane } from "../pane";
import { useEditor } from "./editor";

export function CodePane() {
  const editor = useEditor();
  const { build } = editor;
  const code = build.state.value?.code ?? "";
  const [given, setGiven] = useState<string | null>(null);
  const reading = given !== null;
  // Where the page has no way to add a cell, the code is on the clipboard at least.
  const nextCell = async () => {
    if (editor.insertCell(code)) return;
    await copyText(code);
    build.notice.value = words.copied;
  };
  const load = () => {
    editor.edit({ op: "load_code", code: given as string });
    setGiven(null);
  };
  return (
    <Pane
      name="code"
      title={phrases.code}
      tools={
        <>
          <Button
            icon="down"
            label={phrases.read}
            text
            pressed={reading}
            onClick={() => setGiven(reading ? null : "")}
          />
          <Button icon="path" label={phrases.nextCell} onClick={() => void nextCell()} />
          <CopyButton text={() => code} label={words.copyThe(phrases.code)} />
        </>
      }
    >
      {reading ? (
        <div class="cv-palette">
          <textarea
            aria-label={phrases.paste}
            placeholder={`${phrases.paste}: prompt | model | StrOutputParser()`}
            spellcheck={false}
            value={given}
            onInput={(event) => setGiven(event.currentTarget.value)}
          />
          <Button icon="done" class="cv-run" label={phrases.load} text onClick={load} />
        </div>
      ) : (
        <div class="cv-scroll cv-text cv-code" role="group" tabIndex={0} aria-label={phrases.code}>
          {visible(code)}
        </div>
      )}
    </Pane>
  );
}
