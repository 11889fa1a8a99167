// A JSON tree of any wire value.
import { useState } from "preact/hooks";
import { CopyButton } from "../../ui/copy";
import { Tree } from "../../ui/tree";
import { words } from "../../ui/words";
import type { Value } from "../../wire/types";
import { entriesOf } from "../../wire/values";
import { copied, type IsOpen, type ValueRow, valueRows } from "./rows";

export const ROW = 20;

/** Which rows are open: what a person toggled, else what `initially` says. */
export function useOpen(initially: IsOpen): { isOpen: IsOpen; toggle(key: string, open: boolean): void } {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  return {
    isOpen: (path, level, value) => toggled.get(path) ?? initially(path, level, value),
    toggle: (key, open) => setToggled(new Map(toggled).set(key, open)),
  };
}

export function drawValueRow(row: ValueRow) {
  return (
    <span class="cv-value-row">
      {row.name !== "" && <span class="cv-key">{row.name}</span>}
      <span class={`cv-tone-${row.tone}`}>{row.preview}</span>
    </span>
  );
}

/** The ways to take a row's value or its path (a JSON Pointer) along. */
export function valueTools(row: ValueRow) {
  return (
    <>
      <CopyButton text={() => copied(row.value)} label={words.copyValue} />
      {row.key !== "" && <CopyButton text={() => row.key} label={words.copyPath} icon="path" />}
    </>
  );
}

const SMALL = 12;
const openSmall: IsOpen = (_path, level, value) => level < 3 && entriesOf(value).length <= SMALL;

export function ValueTree({ name, value, initially = openSmall }: { name: string; value: Value; initially?: IsOpen }) {
  const { isOpen, toggle } = useOpen((path, level, item) => typeof item === "object" && initially(path, level, item));
  return (
    <Tree
      name={name}
      rows={valueRows(value, isOpen)}
      height={ROW}
      draw={drawValueRow}
      tools={valueTools}
      onToggle={(row, open) => toggle(row.key, open)}
    />
  );
}
