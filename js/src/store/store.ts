// What all views of one trace share: the trace itself (synced from the kernel), and the state of the screen: selection,
// filter and time cursor.
import { computed, batch as paintTogether, signal } from "@preact/signals";
import type { Part } from "../wire/parts";
import type { Ask } from "../wire/requests";
import type { Batch, Graph, Screen, Snapshot } from "../wire/types";
import { matching } from "./filter/match";
import { FilterError, parseFilter, type Term } from "./filter/parse";
import { Log } from "./log";
import { traceFigures } from "./metrics";
import { type Beat, FRAMES, Replay } from "./replay";
import type { Rows } from "./rows";
import type { Run } from "./runs";
import { type Kind, type Step, StepIndex, type Steps, stepsOfGraph } from "./steps";
import { EMPTY, newestOf, type Trace, traceAt } from "./trace";
import { Wants } from "./wants";

export interface Filter {
  source: string;
  error: FilterError | null;
}

/** Sentences that the store says. */
export interface Said {
  locale: string;
  late(seconds: number): string;
  tooMany(shown: number): string;
}

/** Events that a page holds: a table of more rows would be higher than browsers draw an element. */
export const MOST_EVENTS = 1_500_000;

/** Milliseconds that a filter waits for the kernel's answer. */
const SOON = 80;

export class Store {
  // Synced.
  /** The trace as it stands now, wherever the cursor is. */
  readonly newest = signal<Trace>(EMPTY);
  private readonly calmNewest = signal<Trace>(EMPTY);
  private readonly liveClock = signal(0);
  /** What stands in the way of following the trace, in a sentence. */
  readonly notice = signal<string | null>(null);
  readonly stoppable = signal(false);
  /** How the kernel is asked; null on a saved page. */
  ask: Ask | null = null;
  /** Told the screen that a snapshot brings. */
  onScreen = (screen: Screen) => this.show(screen);
  /** Wall clock of the trace's time zero, in ms since the epoch. */
  readonly anchor = signal<number | null>(null);
  private offset = -performance.now();

  // Of the screen.
  readonly selection = signal<{ run: string | null; step: string | null }>({ run: null, step: null });
  readonly filter = signal<Filter>({ source: "", error: null });
  /** The terms of the last filter that parsed, as soon as the kernel has said which values on its side they find. */
  readonly terms = signal<Term[]>([]);
  private latest: Term[] = [];
  private readonly at = signal<number | null>(null);
  /** The time cursor: events with a lower `seq` have happened; null is the newest moment. */
  readonly cursor = computed(() => this.at.value);

  // At the cursor.
  private readonly log = new Log();
  private readonly filled = signal(0);
  private readonly past = computed(() => {
    void this.filled.value;
    return this.at.value === null ? null : traceAt(this.newest.peek(), this.at.value);
  });
  /** The trace at the cursor. */
  readonly trace = computed<Trace>(() => this.past.value ?? this.newest.value);
  /** The same for views that need not follow every token: new when a run begins or ends, and at each tick. */
  readonly calm = computed<Trace>(() => this.past.value ?? this.calmNewest.value);
  /** Milliseconds since the trace's anchor; ticks while the trace runs. */
  readonly clock = computed(() => this.past.value?.last ?? this.liveClock.value);

  private readonly index = new StepIndex(this.log);
  private readonly shape = computed(() => {
    const { count, graphs, log } = this.trace.value;
    return `${count} ${graphs.size} ${log.lateGraphs}`;
  });

  readonly steps = computed<Steps>(() => {
    if (this.chain) return stepsOfGraph(this.chain);
    void this.shape.value;
    this.index.update();
    return this.index.at(this.trace.peek());
  });

  private readonly over = computed(() => this.calm.value.closed && this.calm.value.events);
  /** Those of a trace that has ended are reckoned once, however often values come that were away. */
  readonly figures = computed(() =>
    this.over.value === false ? traceFigures(this.calm.value, this.clock.value) : traceFigures(this.calm.peek(), 0),
  );

  readonly wants = new Wants(
    this.log,
    () => this.ask,
    () => this.refresh(),
  );

  readonly rows = computed<Rows>(() => {
    const terms = this.terms.value;
    const timed = terms.some((term) => term.kind === "time");
    return matching(terms, this.calm.value, timed ? this.clock.value : 0, this.wants.found);
  });

  readonly run = computed<Run | null>(() => this.trace.value.runs.get(this.selection.value.run ?? "") ?? null);

  readonly step = computed<Step | null>(() => {
    const { run, step } = this.selection.value;
    const { byRun, byKey } = this.steps.value;
    return (run === null ? byKey.get(step ?? "\0") : byRun.get(run)) ?? null;
  });

  readonly replay: Replay;
  private full = false;
  private due = false;
  private turned = false;

  /** `chain`: the graph of a chain that is not running. `later`: when what is new is shown; at once if not given. */
  constructor(
    private readonly chain: Graph | null = null,
    private readonly later: (task: () => void) => void = (task) => task(),
    private readonly said: Said | null = null,
    beat: Beat = FRAMES,
  ) {
    this.replay = new Replay(this, beat);
  }

  /** What a run is: its step's kind, which says more than its type. */
  kindOf(run: Run): Kind {
    return this.steps.value.byRun.get(run.id)?.kind ?? run.type;
  }

  /** False for the graph of a chain that is not running. */
  get isTrace(): boolean {
    return this.chain === null;
  }

  // --- following the kernel

  have(): number {
    return this.log.have;
  }

  /** True where nothing more will be shown. */
  closed(): boolean {
    return this.log.closed || this.full;
  }

  apply(batch: Batch): void {
    const { events = [], chunks = [] } = batch;
    if (this.isFull(chunks.reduce((sum, { seqs }) => sum + seqs.length, events.length))) return;
    this.log.apply(batch);
    this.turned ||= batch.closed || events.length > 0;
    this.paint();
  }

  load(part: Part): void {
    if (this.isFull(part.seqs.length)) return;
    this.log.load(part);
    // Between the first part and the last one, figures and steps keep to the clock's pace.
    this.turned ||= this.log.isWhole || part.columns.from_seq === 0;
    this.paint();
  }

  private isFull(more: number): boolean {
    if (this.log.count + more <= MOST_EVENTS) return false;
    this.full = true;
    this.notice.value = this.said?.tooMany(this.log.count) ?? null;
    return true;
  }

  private paint(): void {
    if (this.due) return;
    this.due = true;
    this.later(() => {
      this.due = false;
      paintTogether(() => {
        this.newest.value = newestOf(this.log);
        if (this.turned) this.tick();
      });
    });
  }

  /** What had been away has come. */
  private refresh(): void {
    paintTogether(() => {
      this.newest.value = newestOf(this.log);
      this.filled.value++;
      this.tick();
    });
  }

  meet({ stoppable, now, anchor, screen }: Omit<Snapshot, "batch">): void {
    paintTogether(() => {
      this.stoppable.value = stoppable;
      this.offset = now - performance.now();
      this.anchor.value = anchor;
      if (screen) this.onScreen(screen);
      this.tick();
    });
  }

  trouble(sentence: string | null): void {
    if (!this.full) this.notice.value = sentence;
  }

  tick(): void {
    const newest = this.newest.peek();
    this.turned = false;
    this.index.update();
    this.calmNewest.value = newest;
    this.liveClock.value = newest.closed ? newest.last : Math.max(newest.last, performance.now() + this.offset);
  }

  // --- what is on the screen

  selectRun(id: string): void {
    this.selection.value = { run: id, step: null };
  }

  /** Selects the step's latest run, or the step itself where it has not run. */
  selectStep(step: Step): void {
    const run = step.runs.at(-1) ?? null;
    this.selection.value = { run, step: run === null ? step.key : null };
  }

  setFilter(source: string): void {
    try {
      void this.narrow(parseFilter(source));
      this.filter.value = { source, error: null };
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      this.filter.value = { source, error };
    }
  }

  private async narrow(terms: Term[]): Promise<void> {
    this.latest = terms;
    const asked = terms.flatMap((term) => (term.kind === "text" && this.wantText(term.text)) || []);
    // A kernel that answers soon spares the page a list that it would at once replace.
    if (asked.length > 0) await Promise.race([...asked, new Promise((resolve) => setTimeout(resolve, SOON))]);
    if (this.latest === terms) this.terms.value = terms;
  }

  /** Shows what was set elsewhere. */
  show({ selected = null, filter = "", cursor = null }: Screen): void {
    paintTogether(() => {
      if (selected !== this.selection.peek().run) this.selection.value = { run: selected, step: null };
      if (filter !== this.filter.peek().source) this.setFilter(filter);
      if (cursor !== this.cursor.peek()) this.seek(cursor);
    });
  }

  // --- the time cursor

  /** Goes to the moment when the events with a lower `seq` had happened; null is the newest moment. */
  seek(seq: number | null): void {
    const { closed, have } = this.log;
    this.at.value = seq === null || (closed && seq >= have) ? null : Math.max(0, Math.floor(seq));
  }

  /** The same, and stays there: a replay ends. */
  go(seq: number | null): void {
    this.replay.pause();
    this.seek(seq);
  }

  // --- what is not on this page

  /** Asks for what these events brought, where that is away. */
  wantValues(seqs: Iterable<number>): void {
    this.wants.values(Array.from(seqs, (seq) => this.log.placeOf(seq)));
  }

  /** Asks for a run's input and outcome. */
  wantRun(id: string): void {
    const run = this.log.byId.get(id);
    if (run) this.wants.values([run.start, run.end].filter(Number.isFinite));
  }

  /** Asks for the texts of a run's chunks. */
  wantChunks(id: string): void {
    this.wants.values(this.log.byId.get(id)?.chunks ?? []);
  }

  /** Asks for the patches of a root run. */
  wantState(root: string): void {
    const record = this.log.byId.get(root);
    if (record && this.log.isWhole && this.log.states.get(record)?.away) this.wants.state(record);
  }

  /** Asks which events hold a text, where some of the values are away. No text: the kernel makes ready for others. */
  wantText(text: string): Promise<void> | undefined {
    return this.log.loaded ? this.wants.text(text) : undefined;
  }
}
