// What one view of a builder shares with its parts besides the store: where the focus goes, and the open menu.
import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { BuildStore, Target } from "../../store/build";
import type { Site } from "../../store/outline";
import { phrases } from "../../ui/builder-words";
import { copyText } from "../../ui/copy";
import { oneLine } from "../../ui/text";
import type { Edit, Position, Value } from "../../wire/types";

export type ActionName = keyof typeof phrases.actions;
export type Page = "all" | "wrap" | "unwrap";

/** What a builder of this page is copying, until it is on the clipboard. */
let copying: Promise<string | null> | null = null;

export class Editor {
  /** The menu of the selected step, and where it stands over the tree. */
  readonly menu = signal<{ page: Page; x: number; y: number } | null>(null);
  /** What the chain will be run with. */
  readonly input = signal<Value | undefined>(undefined);
  /** The empty slot whose palette was closed. */
  readonly closed = signal("");
  /** What is dragged on the page, be it a step of this tree, and what dropping it here and now would do. */
  readonly drag = signal<{ site?: Site | undefined; word: string } | null>(null);
  /** The tree is to take the focus. */
  readonly returning = signal(false);
  /** The view's element. */
  root: HTMLElement | null = null;

  constructor(
    readonly build: BuildStore,
    /** Puts code into a cell below, where the page can. */
    readonly insertCell: (code: string) => boolean,
  ) {}

  edit(op: Edit): void {
    this.returning.value = true;
    void this.build.edit(op, true);
  }

  openPalette(target: Target): void {
    this.build.target.value = target;
    this.focus(".cv-palette input");
  }

  closePalette(): void {
    this.build.target.value = null;
    this.closed.value = this.build.site.peek()?.node.id ?? "";
  }

  put(component: string, target: Omit<Target, "title">): void {
    this.returning.value = true;
    this.build.put(component, target);
  }

  /** What has the focus, here or elsewhere on the page. */
  focused(): HTMLElement | null {
    return ((this.root?.getRootNode() as Document | undefined)?.activeElement ?? null) as HTMLElement | null;
  }

  /** Puts the focus on a part once it is painted, and before the next key is typed. */
  focus(selector: string): void {
    queueMicrotask(() => {
      const part = this.root?.querySelector<HTMLElement>(selector);
      part?.closest("details")?.setAttribute("open", "");
      part?.focus();
    });
  }

  async copy({ node }: Site, cut = false): Promise<void> {
    const taken = this.build.copy(node.id);
    copying = taken;
    if (cut) this.edit({ op: "cut", node: node.id });
    const text = await taken;
    if (text !== null) {
      await copyText(text);
      this.returning.value = true;
    }
    if (copying === taken) copying = null;
  }

  /** Pastes after the selected step what the clipboard has, or is about to have. */
  async paste(clipboard: string | Promise<string>): Promise<void> {
    const text = (await copying) ?? (await clipboard);
    this.returning.value = true;
    this.build.paste(text, (site) => beside(site, "after"));
  }

  run(part: { until?: string; since?: string } = {}): void {
    this.build.run(this.input.value ?? null, part);
  }
}

export type Side = "before" | "after";

/** The place beside a step, which in a slot of its own becomes a sequence of both; an empty slot is filled. */
export function beside({ node }: Site, side: Side): Position {
  return { parent: node.id, index: node.empty ? 0 : side };
}

/** What is about to be done, and to which step. */
export const titled = (action: ActionName, { node }: Site) =>
  `${phrases.actions[action]} ${node.empty ? "" : oneLine(node.label, 40)}`;

/** The same for the palette. */
export function targetBeside(site: Site, side: Side): Target {
  return { at: beside(site, side), title: titled(site.node.empty ? "fill" : side, site) };
}

export const EditorContext = createContext<Editor | null>(null);
export const useEditor = () => useContext(EditorContext) as Editor;
