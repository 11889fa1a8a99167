// The log of a trace: everything that the page knows, in columns that only grow. A moment of the trace is a number of
// events in it (see trace.ts); a place is an event's place in the columns.
import {
  CANCEL,
  CHUNK,
  type ChunkColumn,
  CUSTOM,
  END,
  ERROR,
  expand,
  HAS_INPUT,
  KIND,
  type Part,
  START,
  TOKEN,
} from "../wire/parts";
import type { Batch, Event, Graph, Patch, StatePart, Value, Values } from "../wire/types";
import { isDict, isMessage, isTyped, textIn, textOf } from "../wire/values";
import { below, Column } from "./columns";
import { AWAY, isModel, newRecord, type RunRecord } from "./runs";
import { type Entry, PatchLog } from "./states";

const KINDS = { start: START, end: END, error: ERROR, cancel: CANCEL, custom: CUSTOM };
const IS_AWAY = 8;

/** Output tokens that a message tells. */
function usageOf(output: Value | undefined): number | null {
  if (isTyped(output, "object") && isDict(output.fields)) return usageOf(output.fields.message);
  if (!isMessage(output) || !isDict(output.usage_metadata)) return null;
  const tokens = output.usage_metadata.output_tokens;
  return typeof tokens === "number" ? tokens : null;
}

export class Log {
  have = 0;
  closed = false;
  dropped = 0;
  /** Counts the arrivals of values that had been away. */
  version = 0;
  /** True where parts of it came without values. */
  loaded = false;
  /** False while more parts are to come. */
  isWhole = true;
  /** Counts the graphs that came after their root run. */
  lateGraphs = 0;
  readonly seqs = new Column(new Uint32Array(64));
  readonly times = new Column(new Float64Array(64));
  readonly runs: RunRecord[] = [];
  readonly roots: RunRecord[] = [];
  readonly models: RunRecord[] = [];
  /** In the order in which they ended. */
  readonly ended: RunRecord[] = [];
  readonly order: string[] = [];
  readonly byId = new Map<string, RunRecord>();
  readonly graphs = new Map<string, Graph>();
  /** What occurs among the runs. */
  readonly words = { types: new Set<string>(), names: new Set<string>(), tags: new Set<string>() };
  readonly states = new Map<RunRecord, PatchLog>();
  private readonly kinds = new Column(new Uint8Array(64));
  private readonly owners = new Column(new Uint32Array(64));
  private readonly values = new Map<number, Value>();
  private readonly inputs = new Map<number, Value>();
  private readonly labels = new Map<number, string>();
  private readonly shapes = new Map<number, Graph>();
  private readonly texts = new Map<number, string>();

  get count(): number {
    return this.seqs.length;
  }

  kindAt(place: number): number {
    return this.kinds.at(place) & KIND;
  }

  ownerAt(place: number): RunRecord {
    return this.runs[this.owners.at(place)] as RunRecord;
  }

  runIndexAt(place: number): number {
    return this.owners.at(place);
  }

  labelAt(place: number): string | undefined {
    return this.labels.get(place);
  }

  /** What an event brought: `AWAY` where that is not on this page, undefined where it brought nothing. */
  valueOf(place: number): Value | undefined {
    const value = this.values.get(place);
    return value === undefined && this.kinds.at(place) & IS_AWAY ? AWAY : value;
  }

  /** The input that came with an end. */
  inputOf(place: number): Value | undefined {
    const value = this.inputs.get(place);
    const flags = this.kinds.at(place);
    return value === undefined && flags & IS_AWAY && flags & HAS_INPUT ? AWAY : value;
  }

  isAway(place: number): boolean {
    return (this.kinds.at(place) & IS_AWAY) !== 0 && !this.values.has(place);
  }

  /** What an event says: an error and a reason are told with their run. */
  saidAt(place: number): Value | undefined {
    const kind = this.kindAt(place);
    if (kind !== ERROR && kind !== CANCEL) return this.valueOf(place);
    const { error, reason } = this.ownerAt(place);
    return kind === CANCEL ? (reason ?? "") : error ? `${error.type}: ${error.message}` : "";
  }

  /** The same as text to search, in lower case. */
  textAt(place: number): string {
    let text = this.texts.get(place);
    if (text === undefined) {
      text = textIn(this.saidAt(place));
      this.texts.set(place, text);
    }
    return text;
  }

  /** How many events have a `seq` below this one. */
  placeOf(seq: number): number {
    if (seq < this.count && this.seqs.at(seq) === seq) return seq;
    return below((place) => this.seqs.at(place), this.count, seq);
  }

  private knows(seq: number): boolean {
    return seq < this.have && this.seqs.at(this.placeOf(seq)) === seq;
  }

  /** Adds a batch that begins where the log ends, or before; what is known already is left out. */
  apply(batch: Batch): void {
    const { events = [], chunks = [], patches = [], graphs = [] } = batch;
    const from = this.have;
    this.addGraphs(graphs);
    const bySeq = new Map<number, Patch>();
    for (const patch of patches) bySeq.set(patch.seq, patch);
    // Events and chunks stand apart in a batch: here they come together again, in order.
    const slots = new Array<Event | [ChunkColumn, number]>(Math.max(0, batch.to_seq - from));
    for (const event of events) if (event.seq >= from && event.seq < batch.to_seq) slots[event.seq - from] = event;
    for (const column of chunks.map(expand)) {
      column.seqs.forEach((seq, index) => {
        if (seq >= from && seq < batch.to_seq) slots[seq - from] = [column, index];
      });
    }
    for (const slot of slots) {
      if (slot === undefined) continue;
      if (Array.isArray(slot)) this.addChunk(...slot, bySeq);
      else this.addEvent(slot, bySeq.get(slot.seq));
    }
    this.reach(batch.to_seq, batch.closed, batch.dropped);
  }

  private addGraphs(graphs: NonNullable<Batch["graphs"]>): void {
    for (const { root, shape = 0, graph } of graphs) {
      if (graph) this.shapes.set(shape, graph);
      const known = graph ?? this.shapes.get(shape);
      if (!known || this.graphs.get(root) === known) continue;
      if (this.byId.has(root)) this.lateGraphs++;
      this.graphs.set(root, known);
    }
  }

  private reach(seq: number, closed: boolean, dropped = 0): void {
    this.have = Math.max(this.have, seq);
    this.closed ||= closed;
    this.dropped = Math.max(this.dropped, dropped);
  }

  private put(seq: number, kind: number, run: RunRecord, t: number): number {
    this.seqs.push(seq);
    this.kinds.push(kind);
    this.owners.push(run.index);
    this.times.push(t);
    return this.count - 1;
  }

  private begin(start: Parameters<typeof newRecord>[0], parent: RunRecord | null): RunRecord {
    const record = newRecord(start, parent, this.runs.length, this.count);
    this.runs.push(record);
    this.order.push(record.id);
    this.byId.set(record.id, record);
    this.words.types.add(record.type);
    this.words.names.add(record.name);
    for (const tag of record.tags) this.words.tags.add(tag);
    if (isModel(record)) this.models.push(record);
    if (parent) {
      parent.children.push(record);
    } else {
      this.roots.push(record);
      this.states.set(record, new PatchLog(this, record));
    }
    return record;
  }

  private end(run: RunRecord, place: number, kind: number): void {
    if (!run.ending) this.ended.push(run);
    run.end = place;
    run.ending = kind;
  }

  private addEvent(event: Event, patch: Patch | undefined): void {
    let run = this.byId.get(event.run);
    if (event.kind === "start") run ??= this.begin(event, this.byId.get(event.parent ?? "") ?? null);
    if (!run) return;
    const place = this.put(event.seq, KINDS[event.kind], run, event.t);
    if (event.kind === "start") {
      if (event.has_input) this.values.set(place, event.input ?? null);
    } else if (event.kind === "custom") {
      this.values.set(place, event.data ?? null);
      this.labels.set(place, event.name);
    } else {
      this.end(run, place, KINDS[event.kind]);
      if (event.kind === "cancel") run.reason = event.reason;
      else if (event.has_input) this.inputs.set(place, event.input ?? null);
      if (event.kind === "error") run.error = event.error;
      if (event.kind === "end") {
        this.values.set(place, event.output ?? null);
        if (isModel(run)) run.usage = usageOf(event.output);
      }
    }
    if (patch) this.states.get(run.root)?.push(place, patch.ops);
  }

  private addChunk(column: ChunkColumn, index: number, patches: Map<number, Patch>): void {
    const run = this.byId.get(column.run);
    if (!run) return;
    const text = column.texts[index] ?? null;
    const value = text ?? column.values?.[index] ?? null;
    const seq = column.seqs[index] as number;
    const brings = (text ?? textOf(value)) !== "";
    const place = this.put(seq, brings ? TOKEN : CHUNK, run, column.ts[index] ?? 0);
    this.values.set(place, value);
    run.chunks.push(place);
    if (brings) run.tokens.push(place);
    const ops = patches.get(seq)?.ops ?? (text === null ? [] : column.usual);
    if (!Array.isArray(ops) || ops.length > 0) this.states.get(run.root)?.push(place, ops);
  }

  /** Adds a part of a long trace that came in columns, without values. */
  load({ columns, seqs, kinds, runs, times }: Part): void {
    this.loaded = true;
    this.isWhole = columns.to_seq >= columns.end_seq;
    this.addGraphs(columns.graphs ?? []);
    const table = columns.runs;
    const errors = new Map(columns.errors.map(([seq, type, message]) => [seq, { type, message, traceback: "" }]));
    const notes = new Map(columns.notes);
    const usages = new Map(columns.usages);
    const records = table.ids.map((id) => this.byId.get(id));
    for (const [index, seq] of seqs.entries()) {
      if (seq < this.have) continue;
      const code = kinds[index] as number;
      const kind = code & KIND;
      const at = runs[index] as number;
      let run = records[at];
      if (!run && kind === START) {
        const start = {
          run: table.ids[at] as string,
          path: table.texts[table.paths[at] ?? 0] ?? "",
          type: table.types[at] ?? "chain",
          name: table.texts[table.names[at] ?? 0] ?? "",
          tags: table.tag_lists[table.tags[at] ?? 0] ?? [],
          metadata: table.metadata_list[table.metadata[at] ?? 0] ?? {},
        };
        run = records[at] = this.begin(start, records[table.parents[at] ?? -1] ?? null);
        if (run.root === run) (this.states.get(run) as PatchLog).away = true;
      }
      if (!run) continue;
      const brought = kind === START ? (code & HAS_INPUT) !== 0 : kind !== CANCEL;
      const place = this.put(seq, code | (brought ? IS_AWAY : 0), run, times[index] as number);
      if (kind === CHUNK || kind === TOKEN) run.chunks.push(place);
      if (kind === TOKEN) run.tokens.push(place);
      if (kind === CUSTOM) this.labels.set(place, notes.get(seq) ?? "");
      if (kind < END || kind === CUSTOM) continue;
      this.end(run, place, kind);
      run.error = errors.get(seq) ?? null;
      run.reason = kind === CANCEL ? (notes.get(seq) ?? "") : null;
      run.usage = usages.get(seq) ?? null;
    }
    for (const run of records) if (run) (this.states.get(run.root) as PatchLog).away = true;
    this.reach(columns.to_seq, columns.closed, columns.dropped);
  }

  /** Puts in what was away. */
  fill(places: number[], { values, inputs, errors }: Values): void {
    places.forEach((place, index) => {
      this.values.set(place, values[index] ?? null);
      this.texts.delete(place);
    });
    for (const [seq, input] of inputs) this.inputs.set(this.placeOf(seq), input);
    for (const [seq, error] of errors) {
      const run = this.ownerAt(this.placeOf(seq));
      if (run) run.error = error;
    }
    this.version++;
  }

  /** Puts in the patches of a root run, and the texts of its chunks. */
  fillState(root: RunRecord, parts: StatePart[]): void {
    const entries = new Map<number, Entry>();
    for (const part of parts) {
      for (const column of part.chunks.map(expand)) this.fillChunks(column, entries);
      for (const { seq, ops } of part.patches) if (this.knows(seq)) entries.set(this.placeOf(seq), ops);
    }
    this.states.get(root)?.arrive(entries);
    this.version++;
  }

  private fillChunks(column: ChunkColumn, entries: Map<number, Entry>): void {
    column.seqs.forEach((seq, index) => {
      if (!this.knows(seq)) return;
      const place = this.placeOf(seq);
      const text = column.texts[index] ?? null;
      this.values.set(place, text ?? column.values?.[index] ?? null);
      if (text !== null) entries.set(place, column.usual);
    });
  }
}
