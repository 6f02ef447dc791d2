/** Golden files of formats that may be several files: opened as they would be dropped, and read back after pruning. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chooseFiles } from '../../../src/formats/chooseFiles';
import type { Checkpoint } from '../../../src/formats/format';
import { openCheckpoint } from '../../../src/formats/registry';
import { at } from '../../../src/lib/known';
import { joinedSource, partsOf } from '../../../src/lib/parts';
import { type ByteSource, memorySource } from '../../../src/lib/source';
import type { TensorInfo } from '../../../src/tensors/tensor';

const golden = resolve(import.meta.dirname, '../../golden/files');

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** A file, or all files of a folder, by name. @param path below tests/golden/files */
export function goldenFiles(path: string): Files {
  const whole = join(golden, path);
  const names = statSync(whole).isDirectory() ? readdirSync(whole) : [''];
  return new Map(names.map((name) => [name || path.slice(path.lastIndexOf('/') + 1), read(join(whole, name))]));
}

export function goldenJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(join(golden, path), 'utf8')) as Content;
}

function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path));
}

/** As `File`s, to be given to an engine. */
export function asFiles(files: Files): File[] {
  return [...files].map(([name, bytes]) => new File([bytes], name));
}

export interface Opened {
  readonly checkpoint: Checkpoint;
  readonly source: ByteSource;
  /** Of which files it is made, and what was said of them. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

export async function openFiles(files: Files): Promise<Opened> {
  const given = [...files].map(([name, bytes]) => ({ name, source: memorySource(bytes) }));
  const { files: chosen, notes } = await chooseFiles(given);
  const source = joinedSource(chosen.map((file) => file.source));
  const parts = partsOf(chosen.map(({ name, source: { size } }) => ({ name, size })));
  const checkpoint = await openCheckpoint(source, parts);
  const names = parts.map(({ name }) => name);
  return { checkpoint, source, names, notes: [...notes, ...checkpoint.notes].map(({ text }) => text) };
}

/** The error, or undefined. */
export function refusalOf(files: Files): Promise<unknown> {
  return openFiles(files).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** SHA-256 of a tensor's elements in the order of the file. */
export async function digestOf({ checkpoint, source }: Opened, { storage }: TensorInfo): Promise<string> {
  const hash = createHash('sha256');
  const { segments } = at(checkpoint.storages, storage);
  for (const { start, end } of segments) hash.update(await source.read(start, end - start));
  return hash.digest('hex');
}

/** The files with others in their place. */
export function withFiles(files: Files, others: Record<string, Uint8Array<ArrayBuffer>>): Files {
  return new Map([...files, ...Object.entries(others)]);
}

/** What lies outside the files; everything a checkpoint points at has to lie in one of them. */
export function outside({ checkpoint, source }: Opened): unknown[] {
  const { storages, encoded = [], checksums, parts } = checkpoint;
  const addresses = new Set(encoded.map((each) => each.addresses));
  const ranges = [
    ...storages.flatMap(({ segments }) => segments).filter((range) => !addresses.has(range)),
    ...encoded.flatMap(({ segments }) => segments),
    ...checksums.map(({ range }) => range),
    ...checksums.flatMap(({ fields }) => fields.map((start) => ({ start, end: start + 4 }))),
  ];
  const within = ({ start, end }: { start: number; end: number }) =>
    start === end ? start <= source.size : parts.some((part) => part.start <= start && start <= end && end <= part.end);
  return ranges.filter((range) => !within(range));
}
