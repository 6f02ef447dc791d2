/** Checkpoints in memory, with tensors stored in every way a file may store them, and sessions over them. */
import type { CallContext } from '../../../src/engine/callContext';
import { Reference } from '../../../src/engine/reading/reference';
import { layersOf, unitsOf } from '../../../src/engine/reading/units';
import { type Session, sessionOf } from '../../../src/engine/session';
import type { Checkpoint } from '../../../src/formats/format';
import type { Kernels } from '../../../src/kernels/kernels';
import { wholeFile } from '../../../src/lib/parts';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { spanOf } from '../../../src/tensors/layout';
import {
  type ByteRange,
  contiguousStrides,
  type LayerKind,
  numelOf,
  type Storage,
  type TensorInfo,
} from '../../../src/tensors/tensor';
import { usualAxes } from '../../support/axes';
import { reusingSource } from '../../support/reusingSource';

export const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

export interface Stored {
  readonly name: string;
  /** Of the dict that holds it; '' where it is not said. */
  readonly container?: string;
  readonly dtype: PrunableDtype;
  readonly kind?: LayerKind;
  /** Absent: the first; null: not known. */
  readonly outputAxis?: number | null;
  /** In the order of storage. */
  readonly shape: readonly number[];
  /** Elements in that order, without gaps, little-endian. */
  readonly bytes: Uint8Array;
  /** Which axis of storage each axis of the tensor is; absent: the same. */
  readonly order?: readonly number[];
  /** Elements between one step of the fastest axis and the next, 1 without gaps. */
  readonly apart?: number;
  /** In how many places of the file the bytes lie. */
  readonly places?: number;
}

export interface InMemory {
  readonly file: Uint8Array;
  readonly checkpoint: Checkpoint;
}

export function checkpointOf(stored: readonly Stored[], byteOrder: 'little' | 'big' = 'little'): InMemory {
  const parts: Uint8Array[] = [];
  let end = 0;
  const append = (bytes: Uint8Array): ByteRange => {
    parts.push(bytes);
    end += bytes.length;
    return { start: end - bytes.length, end };
  };
  const tensors: TensorInfo[] = [];
  const storages: Storage[] = [];
  for (const each of stored) {
    const {
      name,
      container = '',
      dtype,
      kind = 'linear',
      outputAxis,
      shape,
      bytes,
      order,
      apart = 1,
      places = 1,
    } = each;
    const width = byteWidthOf(dtype);
    const strides = contiguousStrides(shape).map((stride) => stride * apart);
    const spread = spreadOut(byteOrder === 'big' ? reversed(bytes, width) : bytes, width, apart);
    const axes = order ?? shape.map((_, axis) => axis);
    tensors.push({
      name,
      container,
      dtype,
      shape: axes.map((axis) => shape[axis]!),
      strides: axes.map((axis) => strides[axis]!),
      storage: storages.length,
      storageOffset: 0,
      kind,
      ...(outputAxis === null ? {} : usualAxes(shape, outputAxis)),
    });
    const segments: ByteRange[] = [];
    const elements = spread.length / width;
    for (let place = 0; place < places; place++) {
      // A byte between them: nothing in a file has to be aligned.
      append(new Uint8Array(1).fill(0xee));
      const cut = (at: number) => Math.floor((elements * at) / places) * width;
      segments.push(append(spread.subarray(cut(place), cut(place + 1))));
    }
    storages.push({ segments, byteLength: spread.length });
  }
  const file = new Uint8Array(Buffer.concat(parts));
  const checkpoint: Checkpoint = {
    format: 'in memory',
    can: { script: 'torch.save' },
    parts: wholeFile({ size: file.length }, 'memory'),
    tensors,
    storages,
    checksums: [],
    byteOrder,
    notes: [],
  };
  return { file, checkpoint };
}

export function openInMemory({ file, checkpoint }: InMemory, kernels: Kernels): Promise<Session> {
  return sessionOf(reusingSource(file), checkpoint, kernels, context);
}

/** Makes the same tensors of an earlier time the session's reference. */
export function referTo(session: Session, { file, checkpoint }: InMemory): void {
  const units = new Map(unitsOf(checkpoint, layersOf(checkpoint)).map((unit) => [unit.tensor, unit]));
  session.measurable.beside.reference = new Reference(reusingSource(file), checkpoint.byteOrder, units);
}

/** The elements of a tensor in such a file, in the order of storage, little-endian. */
export function elementsIn(file: Uint8Array, { checkpoint }: InMemory, tensor: number): Uint8Array {
  const { dtype, shape, strides, storage } = checkpoint.tensors[tensor]!;
  const width = byteWidthOf(dtype as PrunableDtype);
  const spread = Buffer.concat(
    checkpoint.storages[storage]!.segments.map(({ start, end }) => file.subarray(start, end)),
  );
  const numel = numelOf(shape);
  const apart = numel > 1 ? (spanOf(shape, strides) - 1) / (numel - 1) : 1;
  const bytes = new Uint8Array(numel * width);
  for (let i = 0; i < numel; i++) bytes.set(spread.subarray(i * apart * width, (i * apart + 1) * width), i * width);
  return checkpoint.byteOrder === 'big' ? reversed(bytes, width) : bytes;
}

function spreadOut(bytes: Uint8Array, width: number, apart: number): Uint8Array {
  const count = bytes.length / width;
  const spread = new Uint8Array(count === 0 ? 0 : ((count - 1) * apart + 1) * width).fill(0xdd);
  for (let i = 0; i < count; i++) spread.set(bytes.subarray(i * width, (i + 1) * width), i * apart * width);
  return spread;
}

function reversed(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.map((_, i) => bytes[i - (i % width) + width - 1 - (i % width)]!);
}
