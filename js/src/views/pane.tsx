// The frame of a view: its title, its tools, and inside a panel the buttons that give it room or take it away.
import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Guard } from "../ui/guard";
import { Button } from "../ui/parts";
import { words } from "../ui/words";
import { InPanel, maximise, maximised, type PaneName, show } from "./layout";

interface PaneProps {
  name: PaneName | "build" | "palette" | "step" | "run" | "code";
  /** Of a pane that no panel has. */
  title?: string;
  tools?: ComponentChildren;
  children: ComponentChildren;
}

export function Pane({ name, title = words.titles[name as PaneName], tools, children }: PaneProps) {
  const inPanel = useContext(InPanel);
  const large = inPanel && maximised.value === name;
  return (
    <section class={`cv-pane cv-pane-${name}`} aria-label={name === "details" ? words.details : undefined}>
      <header class="cv-pane-head">
        <h3>{title}</h3>
        <div class="cv-tools">
          {tools}
          {inPanel && (
            <>
              <Button
                icon={large ? "restore" : "maximise"}
                label={large ? words.restore(title) : words.maximise(title)}
                onClick={() => maximise(large ? null : (name as PaneName))}
              />
              {!large && (
                <Button icon="close" label={words.hide(title)} onClick={() => show(name as PaneName, false)} />
              )}
            </>
          )}
        </div>
      </header>
      <Guard>{children}</Guard>
    </section>
  );
}
