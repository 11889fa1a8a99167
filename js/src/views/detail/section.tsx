// A titled part of the detail pane.
import type { ComponentChildren } from "preact";

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
export function Facts({ facts }: { facts: [string, string | null][] }) {
  return (
    <dl class="cv-facts">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
