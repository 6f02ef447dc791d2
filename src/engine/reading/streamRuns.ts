/** Streams parts of one tensor, with where in it each chunk begins. */
import { byteWidthOf } from '../../tensors/dtype';
import type { WeightSource } from './keptWeights';
import { type Chunk, type StreamOptions, streamUnits } from './stream';
import type { Piece, Unit } from './units';

/** Elements `[start, end)` by their place in storage. */
export interface ElementRun {
  readonly start: number;
  readonly end: number;
}

export interface PlacedChunk {
  readonly chunk: Chunk;
  /** Of its first element, in the tensor as it is streamed. */
  readonly place: number;
}

/**
 * Yields the chunks of runs of elements, in storage order.
 * @param runs in ascending order; of a tensor with gaps between its elements there is one: all of it
 */
export async function* streamRuns(
  source: WeightSource,
  unit: Unit,
  runs: readonly ElementRun[],
  options: StreamOptions,
): AsyncGenerator<PlacedChunk> {
  const width = byteWidthOf(unit.dtype);
  const pieces: Piece[] = [];
  const part = { ...unit, pieces };
  const parts = unit.axes ? unit.pieces.map((piece) => ({ ...piece, place: 0 })) : [...partsOf(unit, runs)];
  for (const { start, end } of parts) pieces.push({ unit: part, start, end });
  let at = 0;
  let place = parts[0]?.place ?? 0;
  for await (const chunk of streamUnits(source, [part], options)) {
    while (chunk.offset >= parts[at]!.end) {
      at++;
      place = parts[at]!.place;
    }
    yield { chunk, place };
    place += chunk.elements.length / width;
  }
}

/** Where runs of elements lie in the file. */
function* partsOf(unit: Unit, runs: readonly ElementRun[]): Generator<{ start: number; end: number; place: number }> {
  const width = byteWidthOf(unit.dtype);
  for (const run of runs) {
    let first = 0;
    for (const piece of unit.pieces) {
      const count = (piece.end - piece.start) / width;
      const [from, to] = [Math.max(run.start, first), Math.min(run.end, first + count)];
      if (from < to) {
        yield { start: piece.start + (from - first) * width, end: piece.start + (to - first) * width, place: from };
      }
      first += count;
    }
  }
}
