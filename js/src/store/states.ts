// The RunState of a root run at any moment, rebuilt patch by patch from the nearest checkpoint.
import type { Op, Patch, Value } from "../wire/types";
import { below } from "./columns";
import type { Log } from "./log";
import { BadPatch, Patcher } from "./patch";
import { isModel, type RunRecord } from "./runs";

/** What an event does: its operations, or for a chunk of text the usual ones, made from the message it is like. */
export type Entry = Op[] | { like: Value };

interface Fold {
  count: number;
  state: Value;
  refused: number;
}

const NOTHING: Fold = { count: 0, state: null, refused: 0 };
const MOST = 32;

export class PatchLog {
  /** True while the first of the patches are not on this page. */
  away = false;
  private places: number[] = [];
  private entries: Entry[] = [];
  private checkpoints: Fold[] = [];
  private every = 256;
  private last = NOTHING;

  constructor(
    private readonly log: Log,
    private readonly root: RunRecord,
  ) {}

  push(place: number, entry: Entry): void {
    if (place <= (this.places.at(-1) ?? -1)) return;
    this.places.push(place);
    this.entries.push(entry);
    this.learn(place, entry);
  }

  /** Where a run's entry stands is told by the patch of its start. */
  private learn(place: number, entry: Entry): void {
    const run = this.log.ownerAt(place);
    if (Array.isArray(entry) && run.start === place && run !== this.root) run.logPath = entry[0]?.path ?? null;
  }

  /** Puts what was away between what is known. */
  arrive(entries: ReadonlyMap<number, Entry>): void {
    const [places, known] = [this.places, this.entries];
    const all = new Map(places.map((place, index) => [place, known[index] as Entry]));
    for (const [place, entry] of entries) if (!Array.isArray(entry) || entry.length > 0) all.set(place, entry);
    this.places = [];
    this.entries = [];
    for (const place of [...all.keys()].sort((a, b) => a - b)) this.push(place, all.get(place) as Entry);
    this.checkpoints = [];
    this.last = NOTHING;
    this.away = false;
  }

  /** How many patches there were when so many events had happened. */
  countAt(events: number): number {
    return below((index) => this.places[index] as number, this.places.length, events);
  }

  placeOf(index: number): number | undefined {
    return this.places[index];
  }

  opsOf(index: number): Op[] {
    const entry = this.entries[index] ?? [];
    if (Array.isArray(entry)) return entry;
    const place = this.places[index] as number;
    const text = String(this.log.valueOf(place) ?? "");
    const value = entry.like ? { ...(entry.like as object), content: text } : text;
    const run = this.log.ownerAt(place);
    if (run !== this.root) {
      const add: Op = { op: "add", path: `${run.logPath}/streamed_output/-`, value };
      return isModel(run) ? [{ op: "add", path: `${run.logPath}/streamed_output_str/-`, value: text }, add] : [add];
    }
    const add: Op = { op: "add", path: "/streamed_output/-", value };
    if (text === "") return [add];
    return [add, { op: "append", path: entry.like ? "/final_output/content" : "/final_output", value: text }];
  }

  /** The state after so many patches. */
  at(count: number): Fold {
    if (this.last.count === count) return this.last;
    let fold = this.last.count < count ? this.last : NOTHING;
    for (const one of this.checkpoints) if (one.count <= count && one.count > fold.count) fold = one;
    while (fold.count < count) {
      const next = Math.min(count, (Math.floor(fold.count / this.every) + 1) * this.every);
      fold = this.fold(fold, next);
      if (next % this.every === 0) this.keep(fold);
    }
    this.last = fold;
    return fold;
  }

  private fold({ count, state, refused }: Fold, to: number): Fold {
    const patcher = new Patcher();
    for (let index = count; index < to; index++) {
      for (const op of this.opsOf(index)) {
        try {
          state = patcher.apply(state, op);
        } catch (error) {
          if (!(error instanceof BadPatch)) throw error;
          refused++;
        }
      }
    }
    return { count: to, state, refused };
  }

  private keep(fold: Fold): void {
    if (this.checkpoints.some(({ count }) => count === fold.count)) return;
    this.checkpoints.push(fold);
    if (this.checkpoints.length <= MOST) return;
    this.every *= 2;
    this.checkpoints = this.checkpoints.filter(({ count }) => count % this.every === 0);
  }
}

/** One patch, with the event that made it. */
interface MadePatch extends Patch {
  t: number;
  run: string;
}

/** The RunState of a root run at a moment. */
export class StateLog {
  constructor(
    private readonly log: Log,
    private readonly patches: PatchLog,
    private readonly root: RunRecord,
    /** How many patches made it. */
    readonly count: number,
  ) {}

  /** True while it is not on this page: `store.wantState` asks for it. */
  get away(): boolean {
    return this.patches.away;
  }

  get state(): Value {
    return this.away ? null : this.patches.at(this.count).state;
  }

  /** Operations that could not be applied. */
  get refused(): number {
    return this.away ? 0 : this.patches.at(this.count).refused;
  }

  patch(index: number): MadePatch | undefined {
    const place = this.patches.placeOf(index);
    if (place === undefined || index < 0 || index >= this.count) return undefined;
    const { log } = this;
    const ops = this.patches.opsOf(index);
    return { root: this.root.id, seq: log.seqs.at(place), t: log.times.at(place), run: log.ownerAt(place).id, ops };
  }
}
