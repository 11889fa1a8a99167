// Replaying a trace: the cursor moves through it in the trace's own time, faster or slower.
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { below } from "./columns";
import type { Trace } from "./trace";

export interface Beat {
  now(): number;
  /** Calls back with the next frame; returns what calls that off. */
  next(task: () => void): () => void;
}

export const FRAMES: Beat = {
  now: () => performance.now(),
  next(task) {
    const frame = requestAnimationFrame(task);
    return () => cancelAnimationFrame(frame);
  },
};

interface Played {
  readonly newest: ReadonlySignal<Trace>;
  readonly cursor: ReadonlySignal<number | null>;
  seek(seq: number | null): void;
}

export class Replay {
  /** The speed; null while nothing plays. */
  readonly speed = signal<number | null>(null);
  private stop: () => void = () => {};
  private at = 0;
  private before = 0;

  constructor(
    private readonly store: Played,
    private readonly beat: Beat,
  ) {}

  /** Plays on from the cursor, or from the beginning where that is at the end. */
  play(speed: number): void {
    this.pause();
    const { store } = this;
    const trace = store.newest.peek();
    if (store.cursor.peek() === null) store.seek(0);
    const events = trace.log.placeOf(store.cursor.peek() ?? 0);
    this.at = events > 0 ? trace.log.times.at(events - 1) : trace.begin;
    this.before = this.beat.now();
    this.speed.value = speed;
    const unwatch = effect(() => {
      // Whoever takes the cursor to the newest moment has ended this.
      if (store.cursor.value === null) this.speed.value = null;
    });
    let cancel = this.beat.next(() => tick());
    const tick = () => {
      if (this.speed.peek() === null) return;
      this.step();
      if (this.speed.peek() !== null) cancel = this.beat.next(tick);
    };
    this.stop = () => {
      cancel();
      unwatch();
    };
  }

  pause(): void {
    this.stop();
    this.stop = () => {};
    this.speed.value = null;
  }

  private step(): void {
    const trace = this.store.newest.peek();
    const { log, events } = trace;
    const now = this.beat.now();
    this.at += (now - this.before) * (this.speed.peek() ?? 0);
    this.before = now;
    const count = below((place) => log.times.at(place), events, this.at);
    if (count < events) this.store.seek(log.seqs.at(count));
    else {
      this.store.seek(null);
      this.pause();
    }
  }
}
