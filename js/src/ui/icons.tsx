// Icons: one stroke, 16 by 16, in the colour of the text around them.
import type { ComponentChildren } from "preact";

const PATHS = {
  sequence: "M8 2.5v10.5M4.5 9.5L8 13l3.5-3.5",
  parallel: "M4.5 3v10M11.5 3v10M4.5 8h7",
  branch: "M4.5 13.5v-11M4.5 10c0-4 7-1.5 7-6.5M9.5 5l2-2 2 2",
  router: "M2.5 8h4l4-4h3M6.5 8l4 4h3",
  fallbacks: "M3 4h7a3.2 3.2 0 0 1 0 6.4H4.5M7 8l-2.6 2.4L7 13",
  retry: "M12.8 8A4.8 4.8 0 1 1 11 4.2M11.4 1.8v2.8H8.6",
  each: "M5.5 5.5h8v8h-8zM3 10.5V3h7.5",
  assign: "M8 3v10M3 8h10",
  chat_model: "M2.5 3h11v7.5H7.5L4.5 13v-2.5h-2z",
  llm: "M2.5 4h11M2.5 8h7.5M2.5 12h4.5M11.5 10.5v3",
  prompt:
    "M6 2.8c-2.2 0-1 3.4-1.4 4.4-.2.5-.8.8-1.6.8.8 0 1.4.3 1.6.8.4 1-.8 4.4 1.4 4.4M10 2.8c2.2 0 1 3.4 1.4 4.4.2.5.8.8 1.6.8-.8 0-1.4.3-1.6.8-.4 1 .8 4.4-1.4 4.4",
  retriever: "M11 7A4 4 0 1 1 3 7a4 4 0 0 1 8 0zM10 10l3.5 3.5",
  tool: "M13.3 4.6a3.2 3.2 0 0 1-4.4 3.9L5 12.9 3 11l4.4-4a3.2 3.2 0 0 1 4-4.3L9.6 4.6l1.8 1.8z",
  parser: "M2.5 3h11L9.6 8v5l-3.2-1.6V8z",
  lambda: "M4 3h1.2c1 0 1.4.5 1.8 1.6L10.4 13H12M7.3 6.6L4 13",
  passthrough: "M2.5 8h11M10 4.5L13.5 8 10 11.5",
  graph:
    "M6 4.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M14 4.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M10 12.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M6 4.5h4M5 6.2l2.2 4.5M11 6.2l-2.2 4.5",
  start: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 8h.01",
  end: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M6.5 6.5h3v3h-3z",
  chain: "M6.4 9.6l3.2-3.2M7 4.8l1.4-1.4a2.6 2.6 0 0 1 4.2 4L11.2 9M9 11.2l-1.4 1.4a2.6 2.6 0 0 1-4.2-4L4.8 7",
  waiting: "M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6",
  running: "M8 3a5 5 0 1 1-5 5",
  streaming: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  done: "M3.5 8.5l3 3 6-7",
  failed: "M4 4l8 8M12 4l-8 8",
  cancelled: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3M4.6 11.4l6.8-6.8",
  skipped: "M5 8h6",
  minus: "M3 8h10",
  fit: "M3 6V3h3M13 10v3h-3M10 3h3v3M6 13H3v-3",
  chevron: "M6 4l4 4-4 4",
  maximise: "M9.5 3H13v3.5M6.5 13H3V9.5M13 3L9 7M3 13l4-4",
  restore: "M13 6.5H9.5V3M3 9.5h3.5V13M9.5 6.5L13 3M6.5 9.5L3 13",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  copy: "M5.5 5.5h8v8h-8zM3 10.5V3h7.5",
  stop: "M4.5 4.5h7v7h-7z",
  play: "M5 3v10l7.5-5z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  collapse: "M4.5 6.5L8 3l3.5 3.5M4.5 9.5L8 13l3.5-3.5",
  fold: "M4.5 3L8 6.5 11.5 3M4.5 13L8 9.5l3.5 3.5",
  down: "M8 3v9.5M4.5 9L8 12.5 11.5 9",
  left: "M10 4L6 8l4 4",
  path: "M3 4h5M3 8h7.5M3 12h10",
} as const;

export type IconName = keyof typeof PATHS;

interface StatusProps {
  status: "waiting" | "running" | "streaming" | "done" | "failed" | "cancelled" | "skipped";
  role?: "status";
  "aria-label"?: string;
  title?: string;
  children?: ComponentChildren;
}

/** The sign of how something stands, in its colour, and what is said of it. */
export function Status({ status, children, ...rest }: StatusProps) {
  return (
    <span class={`cv-status cv-is-${status}`} {...rest}>
      <Icon name={status} />
      {children}
    </span>
  );
}

/** The sign of a kind of step, in the colour of those around it. */
export function Badge({ kind }: { kind: IconName }) {
  return (
    <span class="cv-badge">
      <Icon name={kind} />
    </span>
  );
}

export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }) {
  return (
    <svg class={`cv-icon cv-icon-${name} ${extra}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
