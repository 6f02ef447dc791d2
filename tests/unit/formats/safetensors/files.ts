/** The files that tests/golden/safetensors_files.py wrote with the library, and any others byte by byte. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Checkpoint } from '../../../../src/formats/format';
import { safetensors } from '../../../../src/formats/safetensors';
import { memorySource } from '../../../../src/lib/source';
import { oneFile } from '../../../support/oneFile';

const folder = resolve(import.meta.dirname, '../../../golden/files/safetensors');

export const goldens: readonly string[] = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));

export interface Expected {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** A header that nobody should write, and what the library says of it. */
export interface JudgedHeader {
  readonly name: string;
  /** Latin-1, one character a byte. */
  readonly header: string;
  /** Bytes behind the header. */
  readonly data: number;
  /** What the length field says where that is not the header's length. */
  readonly length?: string;
  readonly accepted: boolean;
}

export const judgedHeaders: readonly JudgedHeader[] = JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8'));

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name)));
}

export function expectedOf(name: string): Expected[] {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

export function openBytes(bytes: Uint8Array): Promise<Checkpoint> {
  return safetensors.open(...oneFile(memorySource(bytes), 'model.safetensors'));
}

/** @param length what the length field says */
export function fileOf(
  header: Uint8Array | string,
  data: Uint8Array | number = 0,
  length?: bigint,
): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const file = new Uint8Array(8 + text.length + body.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(body, 8 + text.length);
  return file;
}
