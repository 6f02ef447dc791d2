/** Values of repairs, as long as there is room for them: a few, of which those that nobody asked for go first. */
import { CheckpointError } from '../../lib/errors';
import type { TensorId } from '../../tensors/tensor';

/** Bytes of all that is kept. The last one is kept whatever it takes: somebody has just made it. */
const limitBytes = 256 * 2 ** 20;

/** Whole tensors in the checkpoint's dtype, row by row, little-endian. */
export type RepairValues = ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>;

export class Repairs {
  private readonly limit: number;
  /** The one that was asked for last stands last. */
  private readonly kept = new Map<string, RepairValues>();

  constructor(limit = limitBytes) {
    this.limit = limit;
  }

  keep(id: string, values: RepairValues): void {
    this.kept.delete(id);
    this.kept.set(id, values);
    let bytes = 0;
    for (const each of this.kept.values()) bytes += bytesOf(each);
    for (const [oldest, each] of this.kept) {
      if (bytes <= this.limit || oldest === id) return;
      this.kept.delete(oldest);
      bytes -= bytesOf(each);
    }
  }

  /** @throws CheckpointError `repair-missing` where it went, or never was */
  allOf(id: string): RepairValues {
    const values = this.kept.get(id);
    if (!values) {
      throw new CheckpointError('repair-missing', 'The repaired weights are no longer held.', {
        advice: 'Repair again, or open the repair’s file.',
      });
    }
    this.kept.delete(id);
    this.kept.set(id, values);
    return values;
  }

  /** @throws CheckpointError `repair-missing`; `internal` where the repair has no such tensor */
  valuesOf(id: string, tensor: TensorId, name: string): Uint8Array<ArrayBuffer> {
    const values = this.allOf(id).get(tensor);
    if (!values) throw new CheckpointError('internal', `The repair has no values of ${name}.`, { tensor: name });
    return values;
  }
}

function bytesOf(values: RepairValues): number {
  let bytes = 0;
  for (const { byteLength } of values.values()) bytes += byteLength;
  return bytes;
}
