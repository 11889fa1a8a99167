// Small parts that every view uses.
import { Component, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { claim } from "./events";
import { Icon, type IconName } from "./icons";
import { useId } from "./ids";
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

/** Says what broke, as text, with a way to go on. */
export function ErrorCard({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div class="cv-error-card" role="alert">
      <strong>{words.broken}</strong>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {onRetry && <Button label={words.retry} text onClick={onRetry} />}
    </div>
  );
}

/** A view that throws paints its card instead of leaving a blank. */
export class Guard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error: error ?? new Error(words.broken) });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ErrorCard error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}

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
function useCopy(): [boolean, (text: string) => void] {
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

/** A button that shows its label as text, in the colour of a link. */
export function Link({ label, text = label, onClick }: { label: string; text?: string; onClick(): void }) {
  return <Button class="cv-link" label={label} text={text} onClick={onClick} />;
}

export interface MenuItem {
  name: string;
  /** The keys that do the same. */
  hint?: string | undefined;
  run(): void;
}

interface MenuListProps {
  id?: string;
  label: string;
  items: MenuItem[];
  /** `back`: the focus goes back to where it came from. */
  close(back: boolean): void;
}

/** The items of a menu, which has the focus as long as it is open. It stands in a `cv-menu`. */
export function MenuList({ id, label, items, close }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => list.current?.querySelector("button")?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = all.indexOf(event.target as HTMLButtonElement);
    if (event.key === "Escape") close(true);
    else if (event.key === "ArrowDown") all[(at + 1) % all.length]?.focus();
    else if (event.key === "ArrowUp") all.at(at - 1)?.focus();
    else return;
    claim(event);
  };
  const leave = (event: FocusEvent) => {
    if (!list.current?.closest(".cv-menu")?.contains(event.relatedTarget as Node | null)) close(false);
  };
  return (
    <div
      class="cv-menu-list"
      role="menu"
      id={id}
      aria-label={label}
      ref={list}
      onKeyDown={onKeyDown}
      onFocusOut={leave}
    >
      {items.map(({ name, hint, run }) => (
        <button
          type="button"
          role="menuitem"
          key={name}
          tabIndex={-1}
          onClick={() => {
            close(true);
            run();
          }}
        >
          {name}
          {hint && <kbd>{hint}</kbd>}
        </button>
      ))}
    </div>
  );
}

interface MenuProps {
  icon: IconName;
  label: string;
  title?: string;
  text?: string;
  items: MenuItem[];
}

/** A button that opens a menu. */
export function Menu({ icon, label, title = label, text, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  return (
    <span class="cv-menu">
      <button
        type="button"
        class="cv-button"
        ref={button}
        title={title}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        {text}
      </button>
      {open && <MenuList id={id} label={label} items={items} close={close} />}
    </span>
  );
}

/** A menu of texts to copy: their names, and what makes them. */
export function CopyMenu({ label, items }: { label: string; items: [string, () => string][] }) {
  const [done, copy] = useCopy();
  return (
    <Menu
      icon={done ? "done" : "copy"}
      label={label}
      title={done ? words.copied : label}
      items={items.map(([name, text]) => ({ name, run: () => copy(text()) }))}
    />
  );
}
