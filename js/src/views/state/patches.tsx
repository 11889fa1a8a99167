// The patches of a root run: a virtual list to step through, and the one that made this moment as JSON.
import { useEffect } from "preact/hooks";
import { parsePointer } from "../../store/patch";
import type { StateLog } from "../../store/states";
import { CopyButton } from "../../ui/copy";
import { formatMs } from "../../ui/format";
import { useId } from "../../ui/ids";
import { oneLine } from "../../ui/text";
import { useWindow } from "../../ui/window";
import { words } from "../../ui/words";
import type { Op, Value } from "../../wire/types";
import { copied } from "../value/rows";
import { LongText } from "../value/value";

const ROW = 20;

/** The value at a pointer, undefined where there is none. */
export function valueAt(state: Value, keys: string[]): Value | undefined {
  let value: Value | undefined = state;
  for (const key of keys) value = (value as Record<string, Value> | null | undefined)?.[key];
  return value;
}

/** The last patch as JSON Patch says it: an append is a replacement by the whole. */
function lastPatch(log: StateLog): Op[] {
  return (log.patch(log.count - 1)?.ops ?? []).map((op) =>
    op.op === "append" ? { ...op, op: "replace", value: valueAt(log.state, parsePointer(op.path)) ?? null } : op,
  );
}

/** The paths of a patch in one line. */
export const touchedBy = (ops: Op[]) => oneLine(ops.map(({ path }) => path || "/").join(" "));

interface PatchesProps {
  /** All patches, and those that made this moment. */
  all: StateLog;
  log: StateLog;
  begin: number;
  /** Goes to the moment just after a patch. */
  go(index: number): void;
}

export function Patches({ all, log, begin, go }: PatchesProps) {
  const id = useId();
  const view = useWindow(all.count, ROW);
  const at = log.count - 1;
  // Once it is laid out, too.
  useEffect(() => view.show(at), [at, view.width]);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.count - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  const json = () => copied(lastPatch(log) as unknown as Value);

  return (
    <div class="cv-patches">
      <div
        class="cv-scroll"
        role="listbox"
        aria-label={words.patches}
        tabIndex={0}
        aria-activedescendant={at >= view.from && at < view.to ? `${id}-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" ref={view.body} style={view.style}>
          {Array.from({ length: view.to - view.from }, (_, offset) => {
            const index = view.from + offset;
            const patch = all.patch(index);
            if (!patch) return null;
            const touched = touchedBy(patch.ops);
            return (
              <div
                key={index}
                id={index === at ? `${id}-${index}` : undefined}
                role="option"
                aria-selected={index === at}
                aria-posinset={index + 1}
                aria-setsize={all.count}
                class="cv-row"
                onClick={() => go(index)}
              >
                <span class="cv-num">
                  {index + 1} · {formatMs(patch.t - begin)}
                </span>
                <code class="cv-name">{touched.replaceAll("/logs/", "")}</code>
              </div>
            );
          })}
        </div>
      </div>
      <div class="cv-scroll cv-patch">
        <CopyButton text={json} />
        <LongText text={json()} code />
      </div>
    </div>
  );
}
