/** Streams the weights of units in file order: every byte is read once, and few are in memory at a time. */
import { Copies } from '../../lib/copies';
import { throwIfCancelled } from '../../lib/errors';
import { Turns } from '../../lib/turns';
import { byteWidthOf } from '../../tensors/dtype';
import type { WeightSource } from './keptWeights';
import { cutBefore, leastRoom, type Share, type Span, SpanReader, spansOf } from './spans';
import type { Unit } from './units';

/** Small enough that its bytes are still in a cache when they are worked on. */
export const windowBytes = 2 * 2 ** 20;
/** Reads kept under way: a browser's Blob reads cross processes and overlap well. */
const readsInFlight = 3;
/** What is this close together is read in one go. */
export const maxGap = 64 * 1024;
/** What of a span lies in one window. */
interface SpanSlice {
  readonly span: Span;
  readonly start: number;
  readonly end: number;
}

interface Window {
  start: number;
  end: number;
  readonly slices: SpanSlice[];
  /** Its bytes, where they are in memory. */
  readonly held?: Uint8Array;
}

/** Cuts spans into windows of at most `most` bytes, in file order; what is held, as it was cut when it was read. */
function* planWindows(spans: Iterable<Span>, most: number, source?: WeightSource): Generator<Window> {
  let window: Window | undefined;
  for (const span of spans) {
    for (let start = span.start; start < span.end; ) {
      const held = source?.held?.(start, span.end - start);
      if (held) {
        if (window) yield window;
        window = undefined;
        const end = start + held.length;
        yield { start, end, slices: [{ span, start, end }], held };
        start = end;
        continue;
      }
      if (window && (start - window.end > maxGap || start - window.start >= most - leastRoom)) {
        yield window;
        window = undefined;
      }
      window ??= { start, end: start, slices: [] };
      const end = cutBefore(span, window.start + most);
      window.slices.push({ span, start, end });
      window.end = end;
      start = end;
    }
  }
  if (window) yield window;
}

/**
 * How many bytes are read to stream such units: gaps that are not worth a read of their own are among them.
 * @param most that is read at a time
 */
export function bytesRead(units: readonly Unit[], most: number): number {
  let bytes = 0;
  for (const { start, end } of planWindows(spansOf(units), most)) bytes += end - start;
  return bytes;
}

/** Bytes of the file that chunks of several units may look at: what one of them changes there, the others see. */
export interface Page {
  /** In the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The next elements of a unit, in storage order. Valid until the next chunk is asked for, unless it is held. */
export interface Chunk {
  readonly unit: Unit;
  /** Little-endian, whole elements. The consumer may change them, unless it asked for `readOnly`. */
  readonly elements: Uint8Array;
  /** The bytes of the file they came from: `elements` itself, or the span they were gathered from. */
  readonly raw: Uint8Array;
  /** Of `raw` in the file. */
  readonly offset: number;
  /** Bytes of the unit's pieces up to the end of `raw` that no chunk before had: `raw`, and gaps before it without an element. */
  readonly covers: number;
  /** What `raw` is part of: all of it, unless units overlap each other. Pages ascend and do not overlap. */
  readonly page: Page;
  /** Whether it is the last chunk of its page. */
  readonly endsPage: boolean;
  /** Puts changed `elements` back into `raw`. */
  scatter(): void;
  /** Keeps it valid. @returns to be called when it need not be any more */
  hold(): () => void;
}

export interface StreamOptions {
  readonly byteOrder: 'little' | 'big';
  /** Largest page, a multiple of 8. Default: a whole window. */
  readonly chunkBytes?: number;
  /** The consumer changes nothing: weights that are in memory need no copy. */
  readonly readOnly?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields the chunks of all `units` in file order, reading ahead. Where units overlap each other, those that have elements in a page
 * come one after the other.
 * @throws CheckpointError `file-unreadable`, `cancelled`
 */
export async function* streamUnits(
  source: WeightSource,
  units: readonly Unit[],
  options: StreamOptions,
): AsyncGenerator<Chunk> {
  const most = source.windowBytes ?? windowBytes;
  const { byteOrder, chunkBytes = most, readOnly = false, signal } = options;
  const readers = new WeakMap<Span, SpanReader>();
  const copies = new Copies();
  const turns = new Turns();
  const finished = source.use?.();
  try {
    const windows = planWindows(spansOf(units), most, source);
    for await (const { window, bytes } of readWindows(source, windows, signal)) {
      const ofWindow = new Lease(() => !window.held && source.recycle?.(bytes));
      for (const { span, ...slice } of window.slices) {
        const reader = readers.get(span) ?? new SpanReader(span);
        readers.set(span, reader);
        for (let start = slice.start; start < slice.end; ) {
          const end = Math.min(slice.end, cutBefore(span, start + chunkBytes));
          const shares = reader.sharesUpTo(start, end);
          const view = bytes.subarray(start - window.start, end - window.start);
          const copy = window.held && !readOnly && shares.length > 0 ? copies.of(view) : undefined;
          const lease = copy ? new Lease(() => copies.giveBack(copy)) : ofWindow;
          const page = { offset: start, bytes: copy ?? view };
          for (const [i, share] of shares.entries()) {
            yield chunkOf(share, page, i === shares.length - 1, byteOrder, lease);
            throwIfCancelled(signal);
          }
          if (copy) lease.release();
          // Reading lets messages in; what is in memory is worked on without a break.
          if (window.held) await turns.next();
          throwIfCancelled(signal);
          start = end;
        }
      }
      ofWindow.release();
    }
  } finally {
    finished?.();
  }
}

/** Memory that several look at: it is free once the last has let go. */
class Lease {
  private readonly free: () => void;
  private holders = 1;

  constructor(free: () => void) {
    this.free = free;
  }

  hold(): () => void {
    this.holders++;
    return () => this.release();
  }

  release(): void {
    if (--this.holders === 0) this.free();
  }
}

async function* readWindows(
  source: WeightSource,
  windows: Iterator<Window>,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ window: Window; bytes: Uint8Array }> {
  const reading: { window: Window; bytes: Promise<Uint8Array> }[] = [];
  const readNext = () => {
    const next = windows.next();
    if (next.done) return;
    const { start, end, held } = next.value;
    const bytes = held ? Promise.resolve(held) : source.read(start, end - start);
    // A read that fails after the consumer has left is nobody's error; whoever awaits it still sees it.
    bytes.catch(() => {});
    reading.push({ window: next.value, bytes });
  };
  for (let i = 0; i < readsInFlight; i++) readNext();
  for (let current = reading.shift(); current; current = reading.shift()) {
    throwIfCancelled(signal);
    const bytes = await current.bytes;
    throwIfCancelled(signal);
    readNext();
    yield { window: current.window, bytes };
  }
}

function chunkOf(
  { piece: { unit }, start, end, runs, covers }: Share,
  page: Page,
  endsPage: boolean,
  byteOrder: 'little' | 'big',
  lease: Lease,
): Chunk {
  const width = byteWidthOf(unit.dtype);
  const swap = byteOrder === 'big';
  const raw = page.bytes.subarray(start - page.offset, end - page.offset);
  const place = { unit, raw, offset: start, covers, page, endsPage, hold: () => lease.hold() };
  if (!runs) {
    if (!swap) return { ...place, elements: raw, scatter: () => {} };
    const elements = swapped(raw, width);
    return { ...place, elements, scatter: () => raw.set(swapped(elements, width)) };
  }

  let gathered = 0;
  for (let i = 1; i < runs.length; i += 2) gathered += runs[i]!;
  let elements = new Uint8Array(gathered);
  forEachRun(runs, (at, from, length) => copy(raw, at, elements, from, length));
  if (swap) elements = swapped(elements, width);
  const scatter = () => {
    const ordered = swap ? swapped(elements, width) : elements;
    forEachRun(runs, (at, from, length) => copy(ordered, from, raw, at, length));
  };
  return { ...place, elements, scatter };
}

/**
 * @param runs as a Share's
 * @param move is also told where the run begins among the gathered bytes
 */
function forEachRun(runs: readonly number[], move: (at: number, from: number, length: number) => void): void {
  let from = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const length = runs[i + 1]!;
    move(runs[i]!, from, length);
    from += length;
  }
}

function copy(source: Uint8Array, sourceAt: number, target: Uint8Array, targetAt: number, length: number): void {
  // Where a run is an element or two, making a view of it takes longer than moving its bytes.
  if (length > 64) target.set(source.subarray(sourceAt, sourceAt + length), targetAt);
  else for (let i = 0; i < length; i++) target[targetAt + i] = source[sourceAt + i]!;
}

/** A copy with the bytes of every element reversed. */
function swapped(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += width) {
    for (let byte = 0; byte < width; byte++) out[at + byte] = bytes[at + width - 1 - byte]!;
  }
  return out;
}
