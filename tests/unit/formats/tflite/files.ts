/** The golden TensorFlow Lite models (tests/golden/tflite_files.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tflite } from '../../../../src/formats/tflite';
import { memorySource } from '../../../../src/lib/source';
import { oneFile } from '../../../support/oneFile';

const folder = join(import.meta.dirname, '../../../golden/files/tflite');

export interface ExpectedConstant {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

export const expected: Readonly<Record<string, readonly ExpectedConstant[]>> = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
);

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function openBytes(bytes: Uint8Array) {
  return tflite.open(...oneFile(memorySource(bytes), 'model.tflite'));
}
