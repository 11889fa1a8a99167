// The chain as nested boxes down the page, with what each step is doing.
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Step } from "../../store/steps";
import { Button, copyText, Empty, Menu } from "../../ui/parts";
import { typeahead } from "../../ui/tree";
import { words } from "../../ui/words";
import { useStore } from "../context";
import { Pane } from "../pane";
import { Flow, type GraphState, isFound, StepView } from "./step";

function groupsOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (step.children.length ? [step.key, ...groupsOf(step.children)] : []));
}

/** The keys of the ARIA tree pattern over the steps on the screen, in their order in the document. */
function useKeys(byKey: ReadonlyMap<string, Step>, graph: GraphState, select: (step: Step) => void) {
  return (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=treeitem]")];
    const at = items.indexOf((event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]") as HTMLElement);
    const step = byKey.get(items[at]?.dataset.key ?? "\0");
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = step.children.length > 0 && !graph.collapsed.has(step.key);
    const go = (index: number) => focusItem(event.currentTarget, items[index]);
    const { key } = event;
    if (key === "ArrowDown") go(at + 1);
    else if (key === "ArrowUp") go(at - 1);
    else if (key === "Home") go(0);
    else if (key === "End") go(items.length - 1);
    else if (key === "ArrowRight" && open) go(at + 1);
    else if (key === "ArrowRight") step.children.length && graph.toggle(step);
    else if (key === "ArrowLeft" && open) graph.toggle(step);
    else if (key === "ArrowLeft") go(items.findIndex((item) => item.dataset.key === step.parent?.key));
    else if (key === "Enter" || key === " ") select(step);
    else if (key.length === 1)
      go(
        typeahead(
          items.map((item) => ({ label: item.getAttribute("aria-label") ?? "" })),
          at,
          key,
        ),
      );
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function focusItem(tree: HTMLElement, item: HTMLElement | undefined): void {
  if (!item) return;
  for (const other of tree.querySelectorAll<HTMLElement>("[role=treeitem][tabindex='0']")) other.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}

export function GraphPane() {
  const store = useStore();
  const tree = useRef<HTMLDivElement>(null);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState("");
  const steps = store.steps.value;
  const live = useComputed(() => store.trace.value.have > 0).value;

  const toggle = (step: Step) => {
    const next = new Set(collapsed);
    if (!next.delete(step.key)) next.add(step.key);
    setCollapsed(next);
  };
  const graph: GraphState = { collapsed, found, live, toggle };
  const onKeyDown = useKeys(steps.byKey, graph, (step) => store.selectStep(step));

  const onClick = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    const key = target.closest<HTMLElement>("[data-toggle]")?.dataset.toggle;
    const item = target.closest<HTMLElement>("[role=treeitem]");
    const step = steps.byKey.get(key ?? item?.dataset.key ?? "\0");
    if (!step || !item || !tree.current) return;
    focusItem(tree.current, item);
    if (key === undefined) store.selectStep(step);
    else toggle(step);
  };

  // Tab reaches one step: the last that had the focus, at first the root.
  useLayoutEffect(() => {
    const items = tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? [];
    if (items[0] && ![...items].some((item) => item.tabIndex === 0)) items[0].tabIndex = 0;
  });

  const find = (text: string) => {
    setFound(text);
    const first = text && [...steps.byKey.values()].find((step) => isFound(step, text));
    if (first)
      tree.current?.querySelector(`[data-key="${CSS.escape(first.key)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const openFound = () => {
    const first = [...steps.byKey.values()].find((step) => isFound(step, found));
    if (first && found) store.selectStep(first);
  };

  const groups = groupsOf(steps.roots);
  const exports = steps.roots.find((step) => step.graph)?.graph?.exports ?? {};
  const copies = Object.entries(exports).map(([format, text]) => ({
    label: words.formats[format] ?? format,
    run: () => void copyText(text),
  }));
  const tools = (
    <>
      <input
        class="cv-find"
        type="search"
        placeholder={words.findStep}
        aria-label={words.findStep}
        value={found}
        onInput={(event) => find(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && openFound()}
      />
      {groups.length > 0 && (
        <Button
          icon={collapsed.size ? "collapse" : "fold"}
          label={collapsed.size ? words.expandAll : words.collapseAll}
          onClick={() => setCollapsed(new Set(collapsed.size ? [] : groups))}
        />
      )}
      {copies.length > 0 && <Menu label={words.copyAs} icon="copy" items={copies} />}
    </>
  );

  return (
    <Pane name="graph" tools={tools}>
      {steps.roots.length === 0 ? (
        <Empty>{words.noGraph}</Empty>
      ) : (
        <div class="cv-scroll cv-graph">
          <div role="tree" aria-label={words.graph} ref={tree} onKeyDown={onKeyDown} onClick={onClick}>
            {steps.roots.map((root, index) => (
              <div role="none" key={root.key} class="cv-chain">
                {root.node && <Flow type={root.node.input_type} />}
                <StepView step={root} level={1} graph={graph} />
                {root.node && <Flow type={root.node.output_type} />}
                {index < steps.roots.length - 1 && <hr />}
              </div>
            ))}
          </div>
        </div>
      )}
    </Pane>
  );
}
