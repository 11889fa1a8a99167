// A trace told event by event, and the parts of the page that shows it.
import { mountPage } from "../src/assets";
import type { Event, Graph, GraphNode, Snapshot, Start, Value } from "../src/wire/types";
import { settled } from "./fakes";

export class Story {
  private readonly events: Event[] = [];
  private readonly chunks: NonNullable<Snapshot["batch"]["chunks"]> = [];
  private seq = 0;

  constructor(private readonly graph: Graph | null = null) {}

  start(
    run: string,
    parent: string | null,
    path: string,
    name: string,
    type: Start["type"] = "chain",
    more: Partial<Pick<Start, "tags" | "metadata">> = {},
  ): this {
    const meta = { tags: [], metadata: {}, has_input: true, input: `input of ${run}`, ...more };
    const at = { seq: this.seq, t: this.seq++ };
    this.events.push({ kind: "start", ...at, run, parent, path, type, name, ...meta });
    return this;
  }

  /** A token `every` so many microseconds. */
  say(run: string, texts: string[], every = 100): this {
    const steps = (first: number, step: number) => texts.map((_, index) => (index === 0 ? first : step));
    this.chunks.push({ run, seqs: steps(this.seq, 1), ts: steps(this.seq * every, every), texts });
    this.seq += texts.length;
    return this;
  }

  /** So many events that were not kept. */
  drop(count: number): this {
    this.seq += count;
    return this;
  }

  end(run: string, output: Value = `output of ${run}`): this {
    this.events.push({ kind: "end", seq: this.seq, t: this.seq++, run, output, has_input: false });
    return this;
  }

  fail(run: string, traceback = ""): this {
    const error = { type: "ValueError", message: `${run} failed`, traceback };
    this.events.push({ kind: "error", seq: this.seq, t: this.seq++, run, error, has_input: false });
    return this;
  }

  stop(run: string, reason: string): this {
    this.events.push({ kind: "cancel", seq: this.seq, t: this.seq++, run, reason });
    return this;
  }

  snapshot(): Snapshot {
    const { events, chunks, seq, graph } = this;
    const roots = events.filter((event) => event.kind === "start" && event.parent === null);
    const graphs = graph ? roots.map(({ run }) => ({ root: run, graph })) : [];
    const batch = { from_seq: 0, to_seq: seq, events, chunks, graphs, patches: [], closed: true };
    return { trace: "t", anchor: 0, now: seq, stoppable: false, batch };
  }
}

export function node(id: string, kind: GraphNode["kind"], name: string, children: GraphNode[] = []): GraphNode {
  return { id, kind, name, class_name: name, input_type: "Any", output_type: "Any", children };
}

/** A page in `el`, with the means to find its parts by role and name and to use them. */
export async function show(el: HTMLElement, what: Parameters<typeof mountPage>[1]) {
  const down = mountPage(el, what);
  const painted = async () => {
    await settled();
    await settled();
  };
  await painted();
  const all = (role: string, name: RegExp, within: Element = el) =>
    [...within.querySelectorAll<HTMLElement>(role === "button" ? "button" : `[role=${role}]`)].filter((item) =>
      name.test(item.getAttribute("aria-label") ?? item.textContent ?? ""),
    );
  const one = (role: string, name: RegExp, within?: Element) => {
    const [first] = all(role, name, within);
    if (!first) throw new Error(`no ${role} ${name} in ${el.textContent}`);
    return first;
  };
  return {
    down,
    all,
    one,
    graph: () => one("tree", /^Chain graph$/),
    details: () => el.querySelector("section[aria-label=Details]") as HTMLElement,
    click: (item: HTMLElement) => {
      item.click();
      return painted();
    },
    press: (item: Element, key: string, more: KeyboardEventInit = {}) => {
      item.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
      return painted();
    },
    type: (item: HTMLElement, text: string) => {
      (item as HTMLInputElement).value = text;
      item.dispatchEvent(new Event("input", { bubbles: true }));
      return painted();
    },
  };
}
