// What stands over the graph: find, zoom, fold, copy.
import type { Step, Steps } from "../../store/steps";
import { CopyMenu } from "../../ui/menu";
import { Button } from "../../ui/parts";
import { words } from "../../ui/words";
import { useStore } from "../context";

export const ZOOM = { least: 0.4, most: 1.6, step: 0.1 };

interface ToolsProps {
  steps: Steps;
  found: string;
  zoom: number;
  collapsed: ReadonlySet<string>;
  find(text: string): void;
  nextFound(): void;
  setZoom(zoom: number): void;
  fit(): void;
  collapse(keys: string[]): void;
}

function groupsOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => (step.children.length ? [step.key, ...groupsOf(step.children)] : []));
}

export function GraphTools(props: ToolsProps) {
  const { steps, found, zoom, collapsed } = props;
  const groups = groupsOf(steps.roots);
  // Of several chains that ran, the one in which something is selected.
  const graph = useStore().step.value?.graph ?? steps.roots.find((step) => step.graph)?.graph;
  const exports = graph?.exports ?? {};
  const copies = Object.entries(exports).map(([format, text]): [string, () => string] => [
    words.formats[format] ?? format,
    () => text,
  ]);
  return (
    <>
      <input
        class="cv-find"
        type="search"
        placeholder={words.findStep}
        aria-label={words.findStep}
        value={found}
        onInput={(event) => props.find(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && props.nextFound()}
      />
      <Button icon="minus" label={words.zoomOut} onClick={() => props.setZoom(zoom - ZOOM.step)} />
      <Button icon="fit" label={words.fit} onClick={props.fit} />
      <Button icon="assign" label={words.zoomIn} onClick={() => props.setZoom(zoom + ZOOM.step)} />
      {groups.length > 0 && (
        <Button
          icon={collapsed.size ? "collapse" : "fold"}
          label={collapsed.size ? words.expandAll : words.collapseAll}
          onClick={() => props.collapse(collapsed.size ? [] : groups)}
        />
      )}
      {copies.length > 0 && <CopyMenu label={words.copyAs} items={copies} />}
    </>
  );
}
