// What a builder's view shows: the chain as the kernel has it, and what is chosen on this page. Every change is the
// kernel's: the page asks for it, and draws what comes back.
import { computed, batch as paintTogether, signal } from "@preact/signals";
import { PATIENCE } from "../wire/follow";
import { type AskBuilder, type Channel, NoAnswer, Refusal, requester } from "../wire/requests";
import type {
  BuilderRun,
  BuilderState,
  Edit,
  Edited,
  FieldErrors,
  Fragment,
  Misfits,
  Palette,
  PaletteEntry,
  Position,
  Previews,
  Value,
} from "../wire/types";
import { copied, fragmentIn } from "./clipboard";
import { type Site, type Sites, sitesOf } from "./outline";
import type { Said, Store } from "./store";

/** Where a component from the palette goes: to a place, or in the place of a node; `title` says so. */
export interface Target {
  at?: Position;
  node?: string;
  title: string;
}

const SOON = 1_500;
const NONE: ReadonlyMap<string, string> = new Map();

export class BuildStore {
  readonly state = signal<BuilderState | null>(null);
  /** What stands in the way, in a sentence. */
  readonly notice = signal<string | null>(null);
  /** What is wrong with the parameters that were set last, by the path of the field. */
  readonly errors = signal<ReadonlyMap<string, string>>(NONE);
  /** The last output of steps, by id. */
  readonly previews = signal<Record<string, Value>>({});
  /** Why what is dragged does not fit: by step, before, after or onto it. */
  readonly misfits = signal<Misfits["why"]>({});
  /** What the palette is open for. */
  readonly target = signal<Target | null>(null);
  /** The trace of the last run. */
  readonly trace = signal<Store | null>(null);
  /** How many edits are under way: asked for, and what they made is not here yet. */
  readonly underWay = signal(0);
  private readonly chosen = signal("");
  private edits: Promise<void> = Promise.resolve();
  /** What came while an edit was under way, which is shown with what the edit selects. */
  private next: BuilderState | null = null;
  private arrived = () => {};
  private running = new AbortController();
  private ask: AskBuilder | null = null;

  private known: Sites = new Map();
  readonly sites = computed<Sites>(() => {
    const root = this.state.value?.root;
    if (root) this.known = sitesOf(root, this.known);
    return this.known;
  });
  /** The selected step; where there is no other, the slot of an empty chain, or the root. */
  readonly site = computed<Site | undefined>(() => {
    const [root, first, ...others] = this.sites.value.values();
    return this.sites.value.get(this.chosen.value) ?? (first?.node.empty && others.length === 0 ? first : root);
  });
  readonly problems = computed(() => new Map(this.state.value?.problems.map((problem) => [problem.node, problem])));
  /** The path of each step in the chain that ran last. */
  readonly paths = computed(
    () => new Map(Object.entries(this.state.value?.run?.nodes ?? {}).map(([path, node]) => [node, path])),
  );

  constructor(
    private readonly openTrace: (run: BuilderRun, signal: AbortSignal) => Store,
    private readonly said: Pick<Said, "late" | "locale">,
  ) {}

  /** Follows the kernel's builder until the signal aborts. */
  connect(feed: Channel, control: Channel, signal: AbortSignal): void {
    this.ask = requester(control, signal, this.said.late);
    const receive = (content: unknown) => {
      const message = content as BuilderState | Previews;
      if (message?.type === "builder") this.take(message);
      else if (message?.type === "previews") this.previews.value = { ...this.previews.peek(), ...message.previews };
    };
    feed.on("msg:custom", receive);
    signal.addEventListener("abort", () => {
      feed.off("msg:custom", receive);
      this.running.abort();
    });
    void this.sync();
  }

  /** Takes the state anew: what there is in the notebook may have changed without an edit. */
  async sync(unanswered = 0): Promise<void> {
    try {
      this.take(
        (await this.ask?.({ type: "builder", language: this.said.locale }, PATIENCE[unanswered])) as BuilderState,
      );
    } catch (error) {
      if (error instanceof NoAnswer && unanswered + 1 < PATIENCE.length) await this.sync(unanswered + 1);
      else this.notice.value = (error as Error).message;
    }
  }

  private take(state: BuilderState): void {
    if (state.revision < this.revision()) return;
    this.next = state;
    this.arrived();
    if (this.underWay.peek() === 0) this.show();
  }

  /** Of the newest state that is here. */
  private revision(): number {
    return (this.next ?? this.state.peek())?.revision ?? 0;
  }

  private show(): void {
    const state = this.next;
    if (!state) return;
    this.next = null;
    paintTogether(() => {
      const { run } = state;
      const started = run && run.trace !== this.state.peek()?.run?.trace;
      this.state.value = state;
      this.previews.value = state.previews;
      if (!started) return;
      this.running.abort();
      this.running = new AbortController();
      this.trace.value = this.openTrace(run, this.running.signal);
    });
  }

  /** Waits until the state of a revision is here, which may have been lost on the way. */
  private async reach(revision: number): Promise<void> {
    if (this.revision() >= revision) return;
    await new Promise<void>((resolve) => {
      this.arrived = resolve;
      setTimeout(resolve, SOON);
    });
    if (this.revision() < revision) await this.sync();
  }

  select(node: string): void {
    if (this.chosen.peek() === node) return;
    paintTogether(() => {
      this.chosen.value = node;
      this.errors.value = NONE;
      this.target.value = null;
    });
  }

  /** Asks for something whose refusal is shown; null where it was refused. */
  private async attempt(body: Parameters<AskBuilder>[0]): Promise<unknown> {
    this.notice.value = null;
    try {
      return await this.ask?.(body);
    } catch (error) {
      const { fields } = (error instanceof Refusal ? (error.reply.value ?? {}) : {}) as Partial<FieldErrors>;
      if (fields) this.errors.value = new Map(fields.map(({ path, message }) => [path.join("/"), message]));
      else this.notice.value = (error as Error).message;
      return null;
    }
  }

  /** Makes an edit once those before it are settled; `op` may tell then what it is. With `follow`, what it made or moved
   * is selected, unless a person has selected something else meanwhile. */
  edit(op: Edit | (() => Edit), follow = false): Promise<void> {
    this.underWay.value++;
    this.edits = this.edits.then(() => this.make(typeof op === "function" ? op() : op, follow));
    return this.edits;
  }

  private async make(op: Edit, follow: boolean): Promise<void> {
    const chosen = this.chosen.peek();
    const revision = this.state.peek()?.revision ?? 0;
    const edited = (await this.attempt({ type: "edit", revision, op })) as Edited | null;
    if (edited) await this.reach(edited.revision);
    paintTogether(() => {
      this.show();
      if (edited) this.errors.value = NONE;
      if (follow && edited?.select && this.chosen.peek() === chosen) this.select(edited.select);
      this.underWay.value--;
    });
  }

  /** What there is for a target, best first. */
  async palette({ title: _, ...where }: Target): Promise<PaletteEntry[]> {
    return ((await this.attempt({ type: "palette", ...where })) as Palette | null)?.entries ?? [];
  }

  async findMisfits(what: { component: string } | { node: string }): Promise<void> {
    this.misfits.value = {};
    this.misfits.value = ((await this.attempt({ type: "misfits", ...what })) as Misfits | null)?.why ?? {};
  }

  /** Puts a component where the palette is open for, which closes it. */
  put(component: string, { at, node = "" }: Omit<Target, "title">): void {
    this.target.value = null;
    void this.edit(at ? { op: "insert", at, component } : { op: "replace", node, component }, true);
  }

  /** A step as text that can be pasted here and in other builders. */
  async copy(node: string): Promise<string | null> {
    const fragment = (await this.attempt({ type: "copy", node })) as Fragment | null;
    return fragment && copied(fragment);
  }

  /** Pastes what a text says, else what was copied last on this page; `place` tells where, of the selected step. */
  paste(text: string, place: (selected: Site) => Position): void {
    const fragment = fragmentIn(text);
    if (fragment) void this.edit(() => ({ op: "paste", at: place(this.site.peek() as Site), fragment }), true);
  }

  /** Runs the chain, up to a step or again from one on. */
  run(input: Value, part: { until?: string; since?: string } = {}): void {
    void this.attempt({ type: "run", input, ...part });
  }

  stop(): void {
    void this.attempt({ type: "stop" });
  }
}
