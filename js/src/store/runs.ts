// Runs: the record that a log keeps of each, and a run as it stood at some moment, which is read off the record.
import { CANCEL, END, ERROR } from "../wire/parts";
import type { ErrorInfo, Start, Value } from "../wire/types";
import { textOf } from "../wire/values";
import { below, belowIn } from "./columns";
import type { Log } from "./log";

export type RunType = Start["type"];
export type Status = "waiting" | "running" | "streaming" | "done" | "failed" | "cancelled" | "skipped";

/** What is known of a run; `start`, `end`, `chunks` and `tokens` are places of events in the log. */
export interface RunRecord {
  index: number;
  id: string;
  parent: RunRecord | null;
  root: RunRecord;
  depth: number;
  path: string;
  type: RunType;
  name: string;
  tags: string[];
  metadata: Record<string, Value>;
  start: number;
  end: number;
  /** The kind of the event that ended it. */
  ending: number;
  children: RunRecord[];
  chunks: number[];
  /** The chunks that brought text. */
  tokens: number[];
  error: ErrorInfo | null;
  reason: string | null;
  /** Output tokens that the model itself told. */
  usage: number | null;
  /** Where its entry stands in the RunState of its root. */
  logPath: string | null;
  view: Run | null;
}

export function newRecord(
  start: Pick<Start, "path" | "type" | "name" | "tags" | "metadata"> & { run: string },
  parent: RunRecord | null,
  index: number,
  place: number,
): RunRecord {
  // Said in full: an object put together from others takes several times as long and as much room.
  const record: Omit<RunRecord, "root"> & { root: RunRecord | null } = {
    index,
    id: start.run,
    parent,
    root: parent?.root ?? null,
    depth: parent ? parent.depth + 1 : 0,
    path: start.path,
    type: start.type,
    name: start.name,
    tags: start.tags,
    metadata: start.metadata,
    start: place,
    end: Number.POSITIVE_INFINITY,
    ending: 0,
    children: [],
    chunks: [],
    tokens: [],
    error: null,
    reason: null,
    usage: null,
    logPath: null,
    view: null,
  };
  record.root ??= record as RunRecord;
  return record as RunRecord;
}

/** A run at the moment when `events` events had happened. */
export class Run {
  readonly id: string;
  readonly parent: string | null;
  readonly root: string;
  readonly depth: number;
  readonly path: string;
  readonly type: RunType;
  readonly name: string;
  readonly tags: string[];
  readonly metadata: Record<string, Value>;
  readonly start: number;
  readonly end: number | null;
  readonly status: Status;
  readonly error: ErrorInfo | null;
  readonly reason: string | null;
  readonly usage: number | null;
  private known: readonly string[] | null = null;

  constructor(
    private readonly log: Log,
    private readonly record: RunRecord,
    readonly version: number,
    readonly ended: boolean,
    /** How many chunks and children it had. */
    readonly chunks: number,
    readonly childCount: number,
  ) {
    this.id = record.id;
    this.parent = record.parent ? record.parent.id : null;
    this.root = record.root.id;
    this.depth = record.depth;
    this.path = record.path;
    this.type = record.type;
    this.name = record.name;
    this.tags = record.tags;
    this.metadata = record.metadata;
    this.start = log.times.at(record.start);
    this.end = ended ? Math.max(this.start, log.times.at(record.end)) : null;
    this.status = ended ? endStatus(record) : chunks > 0 ? "streaming" : "running";
    this.error = ended ? record.error : null;
    this.reason = ended ? record.reason : null;
    this.usage = ended ? record.usage : null;
  }

  get seq(): number {
    return this.log.seqs.at(this.record.start);
  }

  /** Undefined where there is none (yet); `AWAY` where it is not on this page. */
  get input(): Value | undefined {
    const late = this.ended ? this.log.inputOf(this.record.end) : undefined;
    return late ?? this.log.valueOf(this.record.start);
  }

  get output(): Value | undefined {
    return this.ended && this.record.ending === END ? this.log.valueOf(this.record.end) : undefined;
  }

  get children(): readonly string[] {
    this.known ??= this.record.children.slice(0, this.childCount).map(({ id }) => id);
    return this.known;
  }

  /** Chunks that brought text, and the time of the first and of the last of them. */
  get tokens(): number {
    const { chunks, tokens } = this.record;
    return this.chunks === chunks.length ? tokens.length : belowIn(tokens, chunks[this.chunks] as number);
  }

  /** True where events were dropped before its first chunk: its text may lack the beginning. */
  get isCut(): boolean {
    const [first = this.record.start] = this.record.chunks;
    return this.log.seqs.at(first) - this.seq !== first - this.record.start;
  }

  get firstToken(): number | null {
    return this.tokens > 0 ? this.timeOf(0) : null;
  }

  get lastToken(): number | null {
    const { tokens } = this;
    return tokens > 0 ? this.timeOf(tokens - 1) : null;
  }

  /** The time of a chunk that brought text. */
  timeOf(token: number): number {
    return Math.max(this.start, this.log.times.at(this.record.tokens[token] as number));
  }

  /** The texts of its chunks from one on; null while some of them are not on this page. */
  texts(from = 0): string[] | null {
    const texts: string[] = [];
    for (let index = from; index < this.chunks; index++) {
      const value = this.log.valueOf(this.record.chunks[index] as number);
      if (value === AWAY) return null;
      texts.push(textOf(value));
    }
    return texts;
  }
}

/** Stands for a value that is not on this page but can be asked for. */
export const AWAY: Value = Object.freeze({ $type: "opaque", class: "", repr: "…" }) as Value;

/** How the reason of a run begins that has stopped to ask a person, and is to be taken up again. */
const WAITING = "waiting for";

export const endStatus = ({ ending, reason }: RunRecord): Status =>
  ending === ERROR ? "failed" : ending !== CANCEL ? "done" : reason?.startsWith(WAITING) ? "waiting" : "cancelled";

/** The record's run at a moment, the same object as long as nothing of it changes; undefined where it had not begun. */
export function runAt(log: Log, record: RunRecord, events: number): Run | undefined {
  if (record.start >= events) return undefined;
  const ended = record.end < events;
  const chunks = belowIn(record.chunks, events);
  const children = below((index) => (record.children[index] as RunRecord).start, record.children.length, events);
  const { view } = record;
  if (
    view &&
    view.ended === ended &&
    view.chunks === chunks &&
    view.childCount === children &&
    view.version === log.version
  )
    return view;
  record.view = new Run(log, record, log.version, ended, chunks, children);
  return record.view;
}

export const isOpen = (run: Run) => run.end === null;
export const isModel = (run: { type: RunType }) => run.type === "chat_model" || run.type === "llm";

export function duration(run: Run, now: number): number {
  return Math.max(0, (run.end ?? now) - run.start);
}

/** The text that the run streamed, or that of its output where it streamed none. */
export function textOfRun(run: Run): string {
  return run.tokens > 0 ? (run.texts() ?? []).join("") : textOf(run.output);
}
