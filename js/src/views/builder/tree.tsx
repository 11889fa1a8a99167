// The chain that is built, as the graph draws chains: here slots can be filled, and each edge says what flows.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Step } from "../../store/steps";
import { phrases } from "../../ui/builder-words";
import { claim } from "../../ui/events";
import { MenuList } from "../../ui/menu";
import { reveal } from "../../ui/reveal";
import { focusItem, letTabReach, toggled, treeKeys } from "../graph/keys";
import { StepView } from "../graph/step";
import { actByKey, actionsOf, itemsOf, openMenu } from "./actions";
import { dressOf, useStanding } from "./dress";
import { DropBar } from "./drop-bar";
import { type Side, targetBeside, useEditor } from "./editor";

const NONE: ReadonlySet<string> = new Set();

export function BuildTree({ children }: { children: ComponentChildren }) {
  const editor = useEditor();
  const { build } = editor;
  const tree = useRef<HTMLDivElement>(null);
  const inside = useRef(false);
  const [collapsed, setCollapsed] = useState(NONE);
  const sites = build.sites.value;
  const selected = build.site.value;
  const root = sites.values().next().value?.step;
  const menu = editor.menu.value;
  const graph = useMemo(() => ({ collapsed, found: "", useStanding, dress: dressOf(editor) }), [collapsed]);
  const returning = editor.returning.value;

  // The selected step is the one that Tab reaches; it has the focus as long as the tree has it, also when what had it
  // is gone.
  useLayoutEffect(() => {
    const item = itemOf(tree.current, selected?.node.id);
    if (!item || !tree.current) return;
    if (returning || (inside.current && editor.focused() !== item)) {
      editor.returning.value = false;
      focusItem(tree.current, item);
      reveal(item.querySelector(".cv-step-head"));
    } else if (!inside.current) letTabReach(tree.current, item);
  });

  if (!root || !selected) return null;
  const toggle = ({ key }: Step) => setCollapsed(toggled(collapsed, key));
  const walk = treeKeys({
    stepOf: (key) => sites.get(key)?.step,
    isOpen: (step) => step.children.length > 0 && !collapsed.has(step.key),
    toggle,
    select: () => {},
    turn: () => {},
  });
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLDivElement }) => {
    const { key, shiftKey } = event;
    // As it is now: it may not have been painted yet.
    const site = build.site.peek() ?? selected;
    if (key === "ContextMenu" || (shiftKey && key === "F10")) openMenu(editor, site, "all");
    else if (!actByKey(editor, site, event)) return walk(event);
    claim(event);
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const edge = target.closest<HTMLElement>("[data-edge]");
    const add = target.closest<HTMLElement>("[data-add]");
    const fix = target.closest<HTMLElement>("[data-fix]")?.dataset.fix;
    const item = target.closest<HTMLElement>("[role=treeitem]");
    const site = sites.get(edge?.dataset.node ?? add?.dataset.add ?? item?.dataset.key ?? "");
    if (!site || !tree.current) return;
    build.select(site.node.id);
    if (fix) editor.edit({ op: "fix", node: site.node.id, fix });
    else if (edge) editor.openPalette(targetBeside(site, edge.dataset.edge as Side));
    else if (add) editor.edit({ op: "add_slot", node: site.node.id });
    else if (target.closest("[data-toggle]")) toggle(site.step);
    else if (target.closest("[data-menu]") || event.type === "contextmenu") openMenu(editor, site, "all");
    else if (item) focusItem(tree.current, item);
    if (event.type === "contextmenu") claim(event);
  };
  const onDblClick = () => {
    const { rename, edit } = actionsOf(editor, build.site.peek() ?? selected);
    (rename ?? edit)?.();
  };
  const onFocusIn = (event: FocusEvent) => {
    inside.current = true;
    build.select((event.target as HTMLElement).dataset.key ?? "");
  };
  const onFocusOut = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget && !tree.current?.contains(relatedTarget as Node)) inside.current = false;
  };
  const onPaste = (event: ClipboardEvent) => {
    void editor.paste(event.clipboardData?.getData("text/plain") ?? "");
    claim(event);
  };
  return (
    <div class="cv-scroll cv-graph cv-build">
      {children}
      <div
        role="tree"
        aria-label={phrases.tree}
        ref={tree}
        class="cv-chain"
        onKeyDown={onKeyDown}
        onClick={onClick}
        onContextMenu={onClick}
        onFocusIn={onFocusIn}
        onFocusOut={onFocusOut}
        onPaste={onPaste}
        onDblClick={onDblClick}
      >
        <StepView step={root} level={1} graph={graph} />
      </div>
      <DropBar />
      {menu && (
        <span class="cv-menu cv-over" style={{ left: `${menu.x}px`, top: `${menu.y}px` }}>
          <MenuList
            key={menu.page}
            label={menu.page === "all" ? phrases.step : phrases.actions[menu.page]}
            items={itemsOf(editor, selected, menu.page)}
            close={(back) => {
              // Another one may be open already.
              if (editor.menu.peek() !== menu) return;
              editor.menu.value = null;
              editor.returning.value = back;
            }}
          />
        </span>
      )}
    </div>
  );
}

const itemOf = (tree: HTMLElement | null, id: string | undefined) =>
  tree?.querySelector<HTMLElement>(`[data-key="${CSS.escape(id ?? "")}"]`);
