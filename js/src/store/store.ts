// What all views of one trace share: the trace itself (synced from the kernel), and the state of the screen
// (selection, filter), which stays on this page.
import { computed, batch as paintTogether, signal } from "@preact/signals";
import type { Ask } from "../wire/requests";
import type { Batch, Graph, Snapshot } from "../wire/types";
import { matching } from "./filter/match";
import { FilterError, parseFilter, type Term } from "./filter/parse";
import { traceFigures } from "./metrics";
import type { Run } from "./runs";
import { type Kind, type Step, type Steps, stepsOf, stepsOfGraph } from "./steps";
import { applyBatch, EMPTY, type Row, type Trace } from "./trace";

export interface Filter {
  source: string;
  /** The terms of the last filter that parsed. */
  terms: Term[];
  error: FilterError | null;
}

export class Store {
  // Synced.
  readonly trace = signal<Trace>(EMPTY);
  /** The same for views that need not follow every token: new when a run begins or ends, and at each tick. */
  readonly calm = signal<Trace>(EMPTY);
  /** What stands in the way of following the trace, in a sentence. */
  readonly notice = signal<string | null>(null);
  readonly stoppable = signal(false);
  /** How the kernel is asked; null on a saved page. */
  ask: Ask | null = null;
  /** Milliseconds since the trace's anchor; ticks while the trace runs. */
  readonly clock = signal(0);
  /** Wall clock of the trace's time zero, in ms since the epoch. */
  readonly anchor = signal<number | null>(null);
  private offset = -performance.now();

  // Of the screen.
  readonly selection = signal<{ run: string | null; step: string | null }>({ run: null, step: null });
  readonly filter = signal<Filter>({ source: "", terms: [], error: null });

  private readonly count = computed(() => this.trace.value.count);
  private readonly graphs = computed(() => this.trace.value.graphs);

  readonly steps = computed<Steps>(() => {
    if (this.chain) return stepsOfGraph(this.chain);
    return this.count.value + this.graphs.value.size > 0 ? stepsOf(this.trace.peek()) : stepsOf(EMPTY);
  });

  readonly figures = computed(() => traceFigures(this.calm.value, this.clock.value));

  readonly rows = computed<Row[]>(() => {
    const { terms } = this.filter.value;
    const timed = terms.some((term) => term.kind === "time");
    return matching(terms, this.calm.value, timed ? this.clock.value : 0);
  });

  readonly run = computed<Run | null>(() => this.trace.value.runs.get(this.selection.value.run ?? "") ?? null);

  readonly step = computed<Step | null>(() => {
    const { run, step } = this.selection.value;
    const { byRun, byKey } = this.steps.value;
    return (run === null ? byKey.get(step ?? "\0") : byRun.get(run)) ?? null;
  });

  private latest = EMPTY;
  private due = false;
  private turned = false;

  /** `chain`: the graph of a chain that is not running. `later`: when what is new is shown; at once if not given. */
  constructor(
    private readonly chain: Graph | null = null,
    private readonly later: (task: () => void) => void = (task) => task(),
  ) {}

  /** What a run is: its step's kind, which says more than its type. */
  kindOf(run: Run): Kind {
    return this.steps.value.byRun.get(run.id)?.kind ?? run.type;
  }

  /** False for the graph of a chain that is not running. */
  get isTrace(): boolean {
    return this.chain === null;
  }

  have(): number {
    return this.latest.have;
  }

  closed(): boolean {
    return this.latest.closed;
  }

  apply(batch: Batch): void {
    this.latest = applyBatch(this.latest, batch);
    this.turned ||= batch.closed || (batch.events ?? []).length > 0;
    if (this.due) return;
    this.due = true;
    this.later(() => {
      this.due = false;
      paintTogether(() => {
        this.trace.value = this.latest;
        if (this.turned) this.tick();
      });
    });
  }

  meet(snapshot: Snapshot): void {
    this.stoppable.value = snapshot.stoppable;
    this.offset = snapshot.now - performance.now();
    this.anchor.value = snapshot.anchor;
    this.tick();
  }

  trouble(sentence: string | null): void {
    this.notice.value = sentence;
  }

  tick(): void {
    const { last, closed } = this.latest;
    this.turned = false;
    this.calm.value = this.trace.peek();
    this.clock.value = closed ? last : Math.max(last, performance.now() + this.offset);
  }

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
      this.filter.value = { source, terms: parseFilter(source), error: null };
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      this.filter.value = { source, terms: this.filter.peek().terms, error };
    }
  }
}
