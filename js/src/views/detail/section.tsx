// A titled part of the detail pane.
import type { ComponentChildren } from "preact";
import { oneLine } from "../../ui/text";
import type { Value } from "../../wire/types";

interface SectionProps {
  title: string;
  tools?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export function Section({ title, tools, class: extra = "", children }: SectionProps) {
  return (
    <section class={`cv-section ${extra}`}>
      <header>
        <h4>{title}</h4>
        {tools}
      </header>
      {children}
    </section>
  );
}

/** Names and values in two columns; entries without a value are left out. */
export function Facts({ facts }: { facts: [string, Value | undefined][] }) {
  return (
    <dl class="cv-facts">
      {facts.map(
        ([name, value]) =>
          !!value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{oneLine(String(value))}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
