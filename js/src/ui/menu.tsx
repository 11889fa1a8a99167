// Menus: a button that opens one, and the list of its items.
import { useEffect, useRef, useState } from "preact/hooks";
import { useCopy } from "./copy";
import { claim } from "./events";
import { Icon, type IconName } from "./icons";
import { useId } from "./ids";
import { words } from "./words";

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
  useEffect(() => list.current?.querySelector("button")?.focus(), []);
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
  items: MenuItem[];
}

/** A button that opens a menu. */
export function Menu({ icon, label, title = label, items }: MenuProps) {
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
