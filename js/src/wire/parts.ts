// What the wire packs: chunks in differences, and a long trace in binary columns.
import type { Chunks, Columns, Value } from "./types";

export const [START, CHUNK, TOKEN, END, ERROR, CANCEL, CUSTOM] = [1, 2, 3, 4, 5, 6, 7] as const;
export const KIND = 7;
export const HAS_INPUT = 16;

/** Chunks with the seq and the time (in ms) of each. */
export interface ChunkColumn {
  run: string;
  seqs: number[];
  ts: number[];
  texts: (string | null)[];
  values: Value[] | null;
  /** The message that each text is the content of; one object for all of them. */
  usual: { like: Value };
}

function summed(steps: number[], scale: number): number[] {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum / scale;
  });
}

export function expand({ run, seqs, ts, texts, values = null, like = null }: Chunks): ChunkColumn {
  return { run, seqs: summed(seqs, 1), ts: summed(ts, 100), texts, values, usual: { like } };
}

/** A part of a trace with its buffers read. */
export interface Part {
  columns: Columns;
  seqs: Uint32Array;
  kinds: Uint8Array;
  runs: Uint32Array;
  times: Float64Array;
}

export type Buffers = readonly (DataView | ArrayBuffer)[];

/** A buffer's bytes in memory of their own, where they are aligned. */
export function bytesOf(buffers: Buffers, index: number): ArrayBuffer {
  const buffer = buffers[index];
  if (!buffer) throw new Error("columns: a buffer is missing");
  if (buffer instanceof ArrayBuffer) return buffer;
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength) as ArrayBuffer;
}

/** The text that was deflated into these bytes. */
export function inflated(bytes: ArrayBuffer): Promise<string> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

export function readPart(columns: Columns, buffers: Buffers): Part {
  const part = {
    columns,
    seqs: new Uint32Array(bytesOf(buffers, 0)),
    kinds: new Uint8Array(bytesOf(buffers, 1)),
    runs: new Uint32Array(bytesOf(buffers, 2)),
    // As in a frame: milliseconds, to the microsecond.
    times: new Float64Array(bytesOf(buffers, 3)).map((ns) => Math.round(ns / 1e3) / 1e3),
  };
  const count = part.seqs.length;
  if (part.kinds.length !== count || part.runs.length !== count || part.times.length !== count)
    throw new Error("columns: the buffers differ in length");
  return part;
}
