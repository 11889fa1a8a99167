// Copying text.
import { useEffect, useState } from "preact/hooks";
import type { IconName } from "./icons";
import { Button } from "./parts";
import { words } from "./words";

/** Copies text; where the page may not (no secure context, no permission), by a selection. */
export async function copyText(text: string): Promise<void> {
  const done = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (done) return;
  const focused = document.activeElement as HTMLElement | null;
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text;
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
}

/** Copies, and says for a moment that it did. */
export function useCopy(): [boolean, (text: string) => void] {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  return [done, (text) => void copyText(text).then(() => setDone(true))];
}

interface CopyProps {
  text: () => string;
  label?: string;
  icon?: IconName;
}

export function CopyButton({ text, label = words.copy, icon = "copy" }: CopyProps) {
  const [done, copy] = useCopy();
  return <Button icon={done ? "done" : icon} label={done ? words.copied : label} onClick={() => copy(text())} />;
}
