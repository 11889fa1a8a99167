// Small parts that every view uses.
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons";
import { visible } from "./text";
import { words } from "./words";

interface ButtonProps {
  icon?: IconName | undefined;
  label: string;
  text?: string | true;
  pressed?: boolean;
  class?: string;
  disabled?: boolean;
  onClick(): void;
}

/** A button named by its label, which is also its tooltip; `text` is shown, or the label, else only the icon. One that is
 * disabled by being pressed keeps the focus. */
export function Button({ icon, label, text, pressed, class: extra = "", disabled = false, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      class={`cv-button ${extra}`}
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      aria-disabled={disabled}
      onClick={() => disabled || onClick()}
    >
      {icon && <Icon name={icon} />}
      {text === true ? label : text}
    </button>
  );
}

/** A button that shows its label as text, in the colour of a link. */
export function Link({ label, text = label, onClick }: { label: string; text?: string; onClick(): void }) {
  return <Button class="cv-link" label={label} text={text} onClick={onClick} />;
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="cv-empty">{children}</p>;
}

/** What stands in the way, in a sentence; `onClose` takes it away. */
export function Notice({ text, onClose }: { text: string | null; onClose?: () => void }) {
  if (text === null) return null;
  return (
    <p class="cv-notice" role="alert">
      {visible(text)}
      {onClose && <Button icon="close" label={words.dismiss} onClick={onClose} />}
    </p>
  );
}
