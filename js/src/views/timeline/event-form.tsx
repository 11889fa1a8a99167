// One event in the form of `astream_events`, in either version.
import { useEffect } from "preact/hooks";
import type { Row } from "../../store/trace";
import { CopyButton } from "../../ui/copy";
import { claim } from "../../ui/events";
import { Button, Empty } from "../../ui/parts";
import { setting } from "../../ui/settings";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { copied } from "../value/rows";
import { ValueTree } from "../value/tree";
import { streamEvents, type Version } from "./form";

const VERSIONS = ["v1", "v2"] as const;
const chosen = setting<Version>("version", "v2", (value): value is Version => VERSIONS.includes(value as Version));

export function EventForm({ row, onClose }: { row: Row; onClose(): void }) {
  const store = useStore();
  useEffect(() => {
    store.wantValues([row.seq]);
    store.wantRun(row.run);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    onClose();
    claim(event);
  };
  const events = streamEvents(store.calm.value, row, chosen.value);
  const value = events.length > 1 ? events : events[0];
  return (
    <section class="cv-form" aria-label={words.eventForm} onKeyDown={onKeyDown}>
      <header>
        <span>#{row.seq}</span>
        {VERSIONS.map((version) => (
          <Button
            key={version}
            class="cv-toggle"
            label={`astream_events ${version}`}
            text={version}
            pressed={version === chosen.value}
            onClick={() => (chosen.value = version)}
          />
        ))}
        {value !== undefined && <CopyButton text={() => copied(value)} label={words.copyThe(words.eventForm)} />}
        <Button icon="close" label={words.dismiss} onClick={onClose} />
      </header>
      <div class="cv-scroll">
        {value === undefined ? (
          <Empty>{words.notInV1}</Empty>
        ) : (
          <ValueTree key={`${row.seq} ${chosen.value}`} name={words.eventForm} value={value} />
        )}
      </div>
    </section>
  );
}
