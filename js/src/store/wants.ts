// Asking for what is not on this page: values of events, and run states. Each thing is asked for once.
import { type Signal, signal } from "@preact/signals";
import { bytesOf } from "../wire/parts";
import { type Ask, NoAnswer } from "../wire/requests";
import type { Found, StatePart, Values } from "../wire/types";
import { type HitPart, Hits } from "./hits";
import type { Log } from "./log";
import type { RunRecord } from "./runs";

const MOST = 2_000;
/** Milliseconds in which a new moment is painted. */
const SOON = 20;
/** Milliseconds until what could not be got may be asked for again. */
const LATER = 2_000;

export class Wants {
  /** Why something could not be got, in a sentence; null while all goes well. */
  readonly trouble = signal<string | null>(null);
  private readonly answers = new Map<string, Signal<Hits>>();
  /** Events that hold a text in what they brought, by the text in lower case: who asks follows what is found of it. */
  readonly found = { get: (needle: string) => this.answer(needle).value };
  private readonly places = new Set<number>();
  private readonly asked = new Set<number | RunRecord | string>();
  private busy = false;
  private due = false;

  constructor(
    private readonly log: Log,
    private readonly ask: () => Ask | null,
    private readonly changed: () => void,
  ) {}

  values(places: Iterable<number>): void {
    for (const place of places) {
      if (!this.log.isAway(place) || this.asked.has(place)) continue;
      this.asked.add(place);
      this.places.add(place);
    }
    if (this.places.size === 0 || this.due) return;
    // What the views of a moment want, some before it is painted and some after, is asked for in one message.
    this.due = true;
    setTimeout(() => {
      this.due = false;
      void this.pump();
    }, SOON);
  }

  private async pump(): Promise<void> {
    const ask = this.ask();
    if (this.busy || !ask) return;
    this.busy = true;
    while (this.places.size > 0) {
      const places = [...this.places].slice(0, MOST);
      for (const place of places) this.places.delete(place);
      const seqs = places.map((place) => this.log.seqs.at(place));
      await this.settle(places, async () => {
        this.log.fill(places, (await ask({ type: "values", seqs })) as Values);
      });
      this.changed();
    }
    this.busy = false;
  }

  /** Does what asks the kernel. */
  private async settle(things: (number | RunRecord | string)[], get: () => Promise<void>): Promise<void> {
    try {
      await get();
      this.trouble.value = null;
    } catch (error) {
      this.trouble.value = (error as Error).message;
      setTimeout(() => {
        for (const thing of things) this.asked.delete(thing);
        // Views that are drawn again ask for what they still want.
        if (error instanceof NoAnswer) this.changed();
      }, LATER);
    }
  }

  /** Asks for the patches of a root run. */
  state(root: RunRecord): void {
    const ask = this.ask();
    if (!ask || this.asked.has(root)) return;
    this.asked.add(root);
    void this.settle([root], async () => {
      const parts: StatePart[] = [];
      for (let from = this.log.seqs.at(root.start), end = from + 1; from < end; ) {
        const part = (await ask({ type: "state", root: root.id, from_seq: from })) as StatePart;
        parts.push(part);
        end = part.to_seq > from ? part.end_seq : from;
        from = part.to_seq;
      }
      this.log.fillState(root, parts);
      this.asked.delete(root);
    }).then(this.changed);
  }

  private answer(needle: string): Signal<Hits> {
    const answer = this.answers.get(needle) ?? signal(new Hits([]));
    this.answers.set(needle, answer);
    return answer;
  }

  /** Asks which events hold a text; `found` grows as the answers come. */
  text(text: string): Promise<void> | undefined {
    const ask = this.ask();
    const needle = text.toLowerCase();
    if (!ask || this.asked.has(needle)) return;
    this.asked.add(needle);
    return this.settle([needle], async () => {
      const parts: HitPart[] = [];
      for (let from = 0, end = 1; from < end; ) {
        const { buffers = [], ...answer } = await ask({ type: "search", text, from_seq: from });
        const { count, to_seq, end_seq } = answer as Found;
        parts.push({ from, bits: new Uint8Array(bytesOf(buffers, 0)) });
        if (count > 0) this.answer(needle).value = new Hits([...parts]);
        end = to_seq > from ? end_seq : from;
        from = to_seq;
      }
    });
  }
}
