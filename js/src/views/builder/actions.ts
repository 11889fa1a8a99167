// What can be done with a step: the same by menu and by key.
import { type Site, siblingOf } from "../../store/outline";
import { phrases } from "../../ui/builder-words";
import type { MenuItem } from "../../ui/menu";
import { oneLine } from "../../ui/text";
import { words } from "../../ui/words";
import { cardOf } from "../graph/follow";
import { type ActionName, type Editor, type Page, type Side, targetBeside, titled } from "./editor";
import { ACTION_OF, KEYS, keyOf } from "./keys";

const GROWING = new Set(["parallel", "assign", "branch", "router", "fallbacks"]);
/** A step that has slots, to which others can be added. */
export const grows = ({ node }: Site) => GROWING.has(node.kind);

const inSlot = ({ parent, node }: Site) => parent !== null && node.slot_kind !== "step";

type Actions = { [name in ActionName]?: (() => void) | undefined };

/** What can be done with a step here and now. */
export function actionsOf(editor: Editor, site: Site): Actions {
  const { node, parent } = site;
  const { id } = node;
  const edit = (op: "add_slot" | "remove_slot" | "duplicate" | "delete" | "inline") => () =>
    editor.edit({ op, node: id });
  const move = (way: 1 | -1) => {
    // A case of a branch takes its condition along.
    const sibling = siblingOf(site, parent?.node.kind === "branch" ? 2 * way : way);
    const to = sibling && { parent: sibling.id, index: way < 0 ? ("before" as const) : ("after" as const) };
    return to && (() => editor.edit({ op: "move", node: id, to }));
  };
  const palette = (side: Side) => () => editor.openPalette(targetBeside(site, side));
  const reach = (field: string) => () => {
    editor.closePalette();
    editor.focus(`.cv-inspector ${field} :is(input, select, textarea)`);
  };
  const atEnd = { at: { parent: id, index: node.children.length }, title: titled("after", site) };
  const whole: Actions = {
    after: parent ? palette("after") : () => editor.openPalette(atEnd),
    add: grows(site) ? edit("add_slot") : undefined,
    until: () => editor.run(parent ? { until: id } : {}),
    copy: () => void editor.copy(site),
  };
  if (!parent) return whole;
  return {
    ...whole,
    before: palette("before"),
    replace: () => editor.openPalette({ node: id, title: titled("replace", site) }),
    wrap: () => openMenu(editor, site, "wrap"),
    unwrap: node.children.length > 0 ? () => unwrap(editor, site) : undefined,
    drop: node.removable && inSlot(site) ? edit("remove_slot") : undefined,
    earlier: move(-1),
    later: move(1),
    duplicate: edit("duplicate"),
    cut: () => void editor.copy(site, true),
    paste: () => void editor.paste(clipboard()),
    edit: reach(".cv-field"),
    rename: node.slot_kind === "key" ? reach("[data-field=key]") : undefined,
    extract: node.variable || node.empty ? undefined : reach("[data-field=variable]"),
    inline: node.variable ? edit("inline") : undefined,
    since: () => editor.run({ since: id }),
    delete: edit("delete"),
  };
}

/** Does what a key stands for; says whether it stands for something. */
export function actByKey(editor: Editor, site: Site, event: KeyboardEvent): boolean {
  const name = ACTION_OF.get(keyOf(event));
  const action = name && actionsOf(editor, site)[name];
  action?.();
  return action !== undefined;
}

/** The clipboard's text, where the page may read it. */
const clipboard = async () => (await navigator.clipboard?.readText().catch(() => "")) ?? "";

function unwrap(editor: Editor, site: Site): void {
  const { id, children } = site.node;
  if (children.length > 1) openMenu(editor, site, "unwrap");
  else editor.edit({ op: "unwrap", node: id });
}

const ITEM = 24;

/** Opens the menu of a step below its head, as far up as it needs to be seen. */
export function openMenu(editor: Editor, site: Site, page: Page): void {
  const scroller = editor.root?.querySelector<HTMLElement>(".cv-build");
  const head = cardOf(scroller ?? null, site.node.id)?.getBoundingClientRect();
  if (!head || !scroller) return;
  const { left, top } = scroller.getBoundingClientRect();
  const room = scroller.clientHeight - ITEM * itemsOf(editor, site, page).length - ITEM;
  const y = Math.max(0, Math.min(head.bottom - top, room)) + scroller.scrollTop;
  editor.menu.value = { page, x: head.left - left + 24, y };
}

const WRAPS = ["parallel", "branch", "map", "fallbacks", "retry", "history"] as const;

/** The items of a step's menu. */
export function itemsOf(editor: Editor, site: Site, page: Page): MenuItem[] {
  const { id: node, children } = site.node;
  if (page === "wrap") {
    return WRAPS.map((into) => ({
      name: into === "history" ? phrases.history : words.kinds[into === "map" ? "each" : into],
      run: () => editor.edit({ op: "wrap", node, into }),
    }));
  }
  if (page === "unwrap") {
    return children.map(({ id, slot, label }) => ({
      name: oneLine(slot ? `${slot}: ${label}` : label, 60),
      run: () => editor.edit({ op: "unwrap", node, keep: id }),
    }));
  }
  const actions = actionsOf(editor, site);
  return (Object.keys(phrases.actions) as ActionName[]).flatMap((name) => {
    const run = actions[name];
    return run
      ? [
          {
            name: phrases.actions[name],
            hint: KEYS[name]?.[0]?.replace("ArrowUp", "↑").replace("ArrowDown", "↓"),
            run,
          },
        ]
      : [];
  });
}
