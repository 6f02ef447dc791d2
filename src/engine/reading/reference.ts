/** An earlier checkpoint of the same model, whose weights are read beside those of the open one. */

import type { Checkpoint } from '../../formats/format';
import { openCheckpoint } from '../../formats/registry';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import type { Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { byteWidthOf } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';
import { type Chunk, streamUnits } from './stream';
import { layersOf, type Unit, unitsOf } from './units';
import { decodingSource } from './varintSource';

export interface ReferenceReport {
  fileName: string;
  /** Prunable tensors that the reference holds, too: same name, shape, dtype and order in storage. */
  matched: readonly TensorId[];
  missing: readonly TensorId[];
}

export class Reference {
  private readonly source: ByteSource;
  private readonly byteOrder: 'little' | 'big';
  /** By tensors of the open checkpoint. */
  private readonly units: ReadonlyMap<TensorId, Unit>;

  constructor(source: ByteSource, byteOrder: 'little' | 'big', units: ReadonlyMap<TensorId, Unit>) {
    this.source = source;
    this.byteOrder = byteOrder;
    this.units = units;
  }

  has(tensor: TensorId): boolean {
    return this.units.has(tensor);
  }

  /** Undefined where the reference lacks the tensor. */
  reader({ tensor }: Unit, signal: AbortSignal): TensorReader | undefined {
    const unit = this.units.get(tensor);
    return unit && new TensorReader(unit, streamUnits(this.source, [unit], { byteOrder: this.byteOrder, signal }));
  }
}

/** Reads one tensor's elements from the first on, in pieces of any size. */
export class TensorReader {
  private readonly unit: Unit;
  private readonly chunks: AsyncGenerator<Chunk>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(unit: Unit, chunks: AsyncGenerator<Chunk>) {
    this.unit = unit;
    this.chunks = chunks;
  }

  async read(elements: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(elements * byteWidthOf(this.unit.dtype));
    for (let filled = 0; filled < bytes.length; ) {
      if (this.rest.length === 0) {
        const next = await this.chunks.next();
        if (next.done) {
          throw new CheckpointError('file-unreadable', `${this.unit.name} ended too soon.`);
        }
        this.rest = next.value.elements;
      }
      const taken = this.rest.subarray(0, bytes.length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      this.rest = this.rest.subarray(taken.length);
    }
    return bytes;
  }
}

/**
 * @param layers of the open checkpoint, whose `units` are to be compared
 * @returns the reference: of each unit the tensor of the same name, shape and dtype, stored in the same order of dimensions
 * @throws CheckpointError what opening a checkpoint throws
 */
export async function openReference(
  source: ByteSource,
  parts: readonly Part[],
  layers: readonly Layer[],
  units: readonly Unit[],
): Promise<Reference> {
  const checkpoint = await openCheckpoint(source, parts);
  const named = unitsByName(checkpoint);
  const matches = new Map<TensorId, Unit>();
  for (const unit of units) {
    const names = [unit.name, ...at(layers, unit.tensor).alsoNamed.map((id) => at(layers, id).name)];
    const match = names.map((name) => named.get(name)).find((other) => other && isAlike(unit, other));
    if (match) matches.set(unit.tensor, match);
  }
  return new Reference(decodingSource(source, checkpoint.encoded), checkpoint.byteOrder, matches);
}

function unitsByName(checkpoint: Checkpoint): Map<string, Unit> {
  const layers = layersOf(checkpoint);
  const named = new Map<string, Unit>();
  for (const unit of unitsOf(checkpoint, layers)) {
    for (const id of [unit.tensor, ...at(layers, unit.tensor).alsoNamed]) named.set(at(layers, id).name, unit);
  }
  return named;
}

function isAlike(a: Unit, b: Unit): boolean {
  const same = (these: readonly number[], those: readonly number[]) =>
    these.length === those.length && these.every((value, i) => value === those[i]);
  return a.dtype === b.dtype && same(a.shape, b.shape) && same(a.strides, b.strides);
}
