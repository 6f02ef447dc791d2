/** What is read together: pieces that overlap each other (columns of one storage), nearly always a single one. */
import { byteWidthOf } from '../../tensors/dtype';
import { RunCursor } from '../../tensors/layout';
import type { Piece, Unit } from './units';

/** Spans are cut at multiples of this from their origin, so elements of all widths stay whole. */
const cutAlignment = 8;

/** All bytes from the first to the last of pieces that overlap each other. Spans do not. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** By where they begin. */
  readonly pieces: readonly Piece[];
  /** Elements of all its pieces begin at multiples of their width from here. */
  readonly origin: number;
}

/** In ascending order. */
export function* spansOf(units: readonly Unit[]): Generator<Span> {
  const pieces = units.flatMap((unit) => unit.pieces).sort((a, b) => a.start - b.start);
  let together: Piece[] = [];
  let end = 0;
  for (const piece of pieces) {
    if (together.length > 0 && piece.start >= end) {
      yield spanOf(together, end);
      together = [];
      end = 0;
    }
    together.push(piece);
    end = Math.max(end, piece.end);
  }
  if (together.length > 0) yield spanOf(together, end);
}

function spanOf(pieces: readonly Piece[], end: number): Span {
  // They are of one storage, from whose start each lies at a multiple of its width: so does the widest, for all others.
  let widest = pieces[0]!;
  for (const piece of pieces) if (byteWidthOf(piece.unit.dtype) > byteWidthOf(widest.unit.dtype)) widest = piece;
  return { start: pieces[0]!.start, end, pieces, origin: widest.start };
}

/** The last place up to `end`, above `start`, at which a span may be cut; all of it where it ends before. */
export function cutBefore(span: Span, end: number): number {
  if (end >= span.end) return span.end;
  const over = (end - span.origin) % cutAlignment;
  return end - (over < 0 ? over + cutAlignment : over);
}

/** Room that is left for a cut in any span is more than this. */
export const leastRoom = cutAlignment;

/** The next elements of a piece: where they lie in the file, in runs where they have gaps. */
export interface Share {
  readonly piece: Piece;
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
  /**
   * Where elements have gaps between them: of each run where it begins, in bytes from `start`, then its length. A share may have
   * as many as elements.
   */
  readonly runs?: readonly number[];
  /** Bytes of the piece up to `end` that no share before had. */
  readonly covers: number;
}

/** Follows the pieces of a span through consecutive pages of it. */
export class SpanReader {
  /** Whose next elements come first is first: a heap. */
  private readonly waiting: PieceReader[];

  constructor({ pieces }: Span) {
    // By where they begin, which is a heap.
    this.waiting = pieces.map((piece) => new PieceReader(piece));
  }

  /** The shares that pieces have in the bytes up to `end`, by where they begin: those without an element there have none. */
  sharesUpTo(start: number, end: number): Share[] {
    const shares: Share[] = [];
    const { waiting } = this;
    while (waiting.length > 0 && waiting[0]!.next < end) {
      shares.push(waiting[0]!.read(start, end));
      this.siftDown();
    }
    // What has been read to its end comes last, and is done.
    return shares.sort((a, b) => a.start - b.start);
  }

  /** The first has moved on. */
  private siftDown(): void {
    const { waiting } = this;
    if (waiting[0]!.next === Number.POSITIVE_INFINITY) {
      const last = waiting.pop()!;
      if (waiting.length === 0) return;
      waiting[0] = last;
    }
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      for (const below of [left, right]) {
        if (below < waiting.length && waiting[below]!.next < waiting[least]!.next) least = below;
      }
      if (least === at) return;
      [waiting[at], waiting[least]] = [waiting[least]!, waiting[at]!];
      at = least;
    }
  }
}

class PieceReader {
  /** In bytes of the file; Infinity after the last element. */
  next: number;
  private readonly piece: Piece;
  private readonly cursor: RunCursor | undefined;
  private covered: number;

  constructor(piece: Piece) {
    this.piece = piece;
    this.next = piece.start;
    this.covered = piece.start;
    this.cursor = piece.unit.axes && new RunCursor(piece.unit.axes);
  }

  read(from: number, to: number): Share {
    const { piece, cursor } = this;
    const start = Math.max(from, piece.start);
    const end = Math.min(to, piece.end);
    const covers = end - this.covered;
    this.covered = end;
    if (!cursor) {
      this.next = end < piece.end ? end : Number.POSITIVE_INFINITY;
      return { piece, start, end, covers };
    }
    const width = byteWidthOf(piece.unit.dtype);
    const runs: number[] = [];
    const first = (start - piece.start) / width;
    cursor.walkTo((end - piece.start) / width, (run, length) => {
      runs.push((run - first) * width, length * width);
    });
    this.next = piece.start + cursor.next * width;
    return { piece, start, end, runs, covers };
  }
}
