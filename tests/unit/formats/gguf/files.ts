/** The golden GGUF files (tests/golden/gguf_files.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gguf } from '../../../../src/formats/gguf';
import { partsOf } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';

const folder = join(import.meta.dirname, '../../../golden/files/gguf');

export interface ExpectedTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** Of its elements as little-endian floats. */
  readonly sha256: string;
}

export const expected: Readonly<Record<string, readonly ExpectedTensor[]>> = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
);

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function openBytes(...files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) {
  const parts = partsOf(files.map(({ name, bytes }) => ({ name, size: bytes.length })));
  return gguf.open(memorySource(Buffer.concat(files.map(({ bytes }) => bytes))), parts);
}
