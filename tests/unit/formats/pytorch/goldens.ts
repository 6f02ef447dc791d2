/** The checkpoints that tests/golden/pytorch.py wrote with PyTorch, and what PyTorch says is in them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Checkpoint } from '../../../../src/formats/format';
import { pytorchLegacy, pytorchZip } from '../../../../src/formats/pytorch';
import { memorySource } from '../../../../src/lib/source';
import { bitsOf } from '../../../../src/tensors/dtype';
import { numelOf, type TensorInfo } from '../../../../src/tensors/tensor';
import { oneFile } from '../../../support/oneFile';

export const folder = resolve(import.meta.dirname, '../../../golden/files/pytorch');

export const goldens: readonly string[] = readdirSync(folder).filter((name) => !name.endsWith('.json'));

export interface Expected {
  readonly container: string;
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the elements in order, little-endian. */
  readonly sha256?: string;
}

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function expectedOf(name: string): Expected[] {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

/** As the registry does: by the first bytes. */
export async function openBytes(bytes: Uint8Array, name = 'file.pt'): Promise<Checkpoint> {
  const format = [pytorchZip, pytorchLegacy].find((each) => each.sniff(bytes.subarray(0, 4096), bytes.length));
  if (!format) throw new Error(`${name} is not recognised`);
  return format.open(...oneFile(memorySource(bytes), name));
}

export function openGolden(name: string): Promise<Checkpoint> {
  return openBytes(goldenBytes(name), name);
}

/** SHA-256 of a tensor's elements in order, little-endian, gathered by storage, offset and strides. */
export function sha256Of(tensor: TensorInfo, checkpoint: Checkpoint, file: Uint8Array): string {
  const hash = createHash('sha256');
  const { segments } = checkpoint.storages[tensor.storage]!;
  const start = segments[0]!.start;
  const width = widthOf(tensor);
  const index = tensor.shape.map(() => 0);
  for (let i = 0; i < numelOf(tensor.shape); i++) {
    const element = index.reduce((sum, at, axis) => sum + at * tensor.strides[axis]!, tensor.storageOffset);
    const bytes = file.slice(start + element * width, start + (element + 1) * width);
    if (checkpoint.byteOrder === 'big') bytes.reverse();
    hash.update(bytes);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      if (index[axis]! < tensor.shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return hash.digest('hex');
}

function widthOf(tensor: TensorInfo): number {
  // The two shells in dtypes.pt whose width our dtype does not say.
  if (tensor.dtype === 'OPAQUE') return tensor.name.endsWith('16') ? 2 : 1;
  return bitsOf(tensor.dtype) / 8;
}
