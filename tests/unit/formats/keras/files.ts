/** The golden files of Keras and h5py (tests/golden/keras_files.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../../../src/formats/registry';
import { memorySource } from '../../../../src/lib/source';
import { oneFile } from '../../../support/oneFile';

const folder = join(import.meta.dirname, '../../../golden/files/keras');

export interface ExpectedDataset {
  /** As numpy has it: `<f4`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

export const expected: Readonly<Record<string, Readonly<Record<string, ExpectedDataset>>>> = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
);

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function openBytes(bytes: Uint8Array, name = 'model.h5') {
  return openCheckpoint(...oneFile(memorySource(bytes), name));
}
