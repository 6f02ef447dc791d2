/** The models that tests/golden/onnx_files.py wrote with the onnx library, and what that library says is in them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodingSource } from '../../../../src/engine/reading/varintSource';
import type { Checkpoint } from '../../../../src/formats/format';
import { onnx } from '../../../../src/formats/onnx';
import { memorySource } from '../../../../src/lib/source';
import type { Axes } from '../../../../src/tensors/axes';
import { isQuantised } from '../../../../src/tensors/encodedElements';
import type { ByteRange, TensorInfo } from '../../../../src/tensors/tensor';
import { oneFile } from '../../../support/oneFile';

const folder = resolve(import.meta.dirname, '../../../golden/files/onnx');

export const goldens: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.onnx'));

export interface Expected {
  readonly container: string;
  readonly key: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly kind: string;
  /** As the operator that uses it reads them. */
  readonly axes?: Axes;
  /** Words of the reason. */
  readonly readOnly?: string;
  /** Of the elements in order, little-endian. */
  readonly sha256?: string;
  /** Where they are in the file, if in one place. */
  readonly start?: number;
}

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function expectedOf(name: string): Expected[] {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

export function openBytes(bytes: Uint8Array, name = 'file.onnx'): Promise<Checkpoint> {
  return onnx.open(...oneFile(memorySource(bytes), name));
}

export function openGolden(name: string): Promise<Checkpoint> {
  return openBytes(goldenBytes(name), name);
}

/** Where a tensor's elements are: of codes, those in the file. */
export function segmentsOf({ storage }: TensorInfo, { storages, encoded = [] }: Checkpoint): readonly ByteRange[] {
  const { segments } = storages[storage]!;
  const codes = encoded.filter(isQuantised).find(({ addresses }) => addresses === segments[0]);
  return codes?.segments ?? segments;
}

/** SHA-256 of a tensor's elements, read through the ranges of its storage. */
export async function sha256Of(tensor: TensorInfo, checkpoint: Checkpoint, file: Uint8Array): Promise<string> {
  const source = decodingSource(memorySource(file), checkpoint.encoded);
  const hash = createHash('sha256');
  for (const { start, end } of segmentsOf(tensor, checkpoint)) {
    hash.update(await source.read(start, end - start));
  }
  return hash.digest('hex');
}
