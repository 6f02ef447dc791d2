/** Files on disk as byte sources and sinks: the same bytes as everywhere else. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { exportAs } from '../../../../src/engine/exports/exportAs';
import type { ExportKind } from '../../../../src/engine/exports/exportKind';
import type { ExportSource } from '../../../../src/engine/exports/source';
import { FileSink } from '../../../../src/engine/node/fileSink';
import { FileSource } from '../../../../src/engine/node/fileSource';
import { ScratchFiles } from '../../../../src/engine/node/scratchFiles';
import { resolveExactly } from '../../../../src/engine/recipe/resolveExactly';
import { openSession } from '../../../../src/engine/session';
import { writePatched } from '../../../../src/engine/writing/writeParts';
import { wholeFile } from '../../../../src/lib/parts';
import { writtenTo } from '../../../../src/lib/sink';
import { memorySource } from '../../../../src/lib/source';
import { emptyRecipe } from '../../../../src/pruning/recipe';
import { exportedFile, openFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { context, recipeOf } from '../patched';
import { generate, patchedFiles } from '../patchedFiles';

const kernels = loadWasmKernels();
const folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
const path = join(folder, 'file.bin');

afterAll(() => rmSync(folder, { recursive: true }));

describe('a file that is read', () => {
  it('gives the bytes that are asked for, into memory that was given back', async () => {
    const bytes = Uint8Array.from({ length: 3 * 2 ** 20 }, (_, i) => (i * 7) % 251);
    writeFileSync(path, bytes);
    const source = await FileSource.open(path);
    expect(source.size).toBe(bytes.length);
    const first = await source.read(5, 2 ** 20 + 3);
    expect(Buffer.compare(first, bytes.subarray(5, 2 ** 20 + 8))).toBe(0);
    source.recycle(first);
    const second = await source.read(2 ** 20, 2 ** 20);
    expect(second.buffer).toBe(first.buffer);
    expect(Buffer.compare(second, bytes.subarray(2 ** 20, 2 ** 21))).toBe(0);
    expect((await source.read(0, 2 ** 20)).buffer).not.toBe(second.buffer);
    await expect(source.read(bytes.length, 1)).rejects.toMatchObject({ code: 'file-unreadable' });
    truncateSync(path, 10);
    await expect(source.read(8, 10)).rejects.toMatchObject({
      code: 'file-unreadable',
      message: 'The file became shorter while it was being read.',
    });
    await source.close();
    await expect(source.read(0, 1)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('is told of where it cannot be opened', async () => {
    await expect(FileSource.open(join(folder, 'missing'))).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

describe('a file that is written', () => {
  it('is the file with the patches in place', async () => {
    await fc.assert(
      fc.asyncProperty(patchedFiles, async ({ file, patches, expected }) => {
        const done = await writtenTo(await FileSink.open(path), async (sink) => {
          expect(await writePatched(memorySource(file), generate(patches), sink)).toBe('what the generator says');
        });
        expect(done).toBe(path);
        expect(new Uint8Array(readFileSync(path))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('has holes where what is copied is zeros, and is as long', async () => {
    const block = 64 * 1024;
    const content = new Uint8Array(64 * block);
    for (const at of [0, 5 * block + 3, 6 * block, 40 * block - 1]) content[at] = 255;
    const sink = await FileSink.open(path);
    await sink.copy({ source: memorySource(content), start: 0, end: content.length }, 0);
    await sink.put(20 * block + 1, Uint8Array.of(1, 0, 2));
    await sink.close();
    content.set([1, 0, 2], 20 * block + 1);
    expect(Buffer.compare(readFileSync(path), content)).toBe(0);
    // Not where the disk has no sparse files.
    if (statSync(path).blocks * 512 < content.length) expect(statSync(path).blocks * 512).toBeLessThan(8 * block);
  });

  it('stands in its place when it is whole, and what stood there stays when it is not', async () => {
    writeFileSync(path, 'as it was');
    const sink = await FileSink.open(path);
    await sink.put(0, Uint8Array.of(1, 2, 3));
    expect(readFileSync(path, 'utf8')).toBe('as it was');
    await sink.abort();
    expect(readFileSync(path, 'utf8')).toBe('as it was');
    expect(readdirSync(folder)).toEqual([basename(path)]);
    await expect(sink.put(3, Uint8Array.of(4))).rejects.toMatchObject({ code: 'write-failed' });
    await expect(FileSink.open(join(folder, 'no', 'folder'))).rejects.toMatchObject({ code: 'write-failed' });
  });
});

const samples = resolve(import.meta.dirname, '../../../../public/samples');
const half = recipeOf({ amount: { sparsity: 0.5 } });
const most = recipeOf({ amount: { sparsity: 0.9 } });

it.each<[ExportKind, string]>([
  ['masks', 'digits-cnn.pth'],
  ['reparametrised', 'digits-cnn.pth'],
  ['reparametrised', 'digits-cnn.safetensors'],
  ['gzip', 'digits-cnn.safetensors'],
  ['sparse-onnx', 'digits-cnn.onnx'],
])('%s of %s is, from path to path, what a browser makes of it', async (kind, name) => {
  const recipe = kind === 'sparse-onnx' ? most : half;
  const file = new File([readFileSync(join(samples, name))], name);
  const inBrowser = await openFile(file, kernels);
  const { outcomes } = await resolveExactly(inBrowser.session, recipe, context);
  const expected = await exportedFile(inBrowser, kind, outcomes);

  vi.stubGlobal('Blob', undefined);
  vi.stubGlobal('File', undefined);
  const source = await FileSource.open(join(samples, name));
  const scratch = new ScratchFiles();
  const session = await openSession(source, wholeFile(source, name), kernels, context);
  const target = join(folder, 'exported');
  const made = await exportAs(
    { source, session, scratch: scratch.open },
    kind,
    outcomes,
    () => FileSink.open(target),
    context,
  );
  await scratch.close();
  await source.close();
  vi.unstubAllGlobals();
  expect(made).toEqual({ name: expected.name, size: expected.size, content: target });
  expect(readFileSync(target).equals(Buffer.from(await expected.arrayBuffer()))).toBe(true);

  if (name !== 'digits-cnn.pth' || kind !== 'reparametrised') return;
  // Made permanent: of what was just written.
  const masked = await FileSource.open(target);
  const reopened: ExportSource = {
    source: masked,
    session: await openSession(masked, wholeFile(masked, 'masked.pth'), kernels, context),
    scratch: scratch.open,
  };
  const nothing = await resolveExactly(reopened.session, emptyRecipe, context);
  const permanent = join(folder, 'permanent');
  await exportAs(reopened, 'permanent', nothing.outcomes, () => FileSink.open(permanent), context);
  await scratch.close();
  await masked.close();
  const written = await openFile(new File([readFileSync(target)], 'masked.pth'), kernels);
  const theirs = await exportedFile(written, 'permanent', nothing.outcomes);
  expect(readFileSync(permanent).equals(Buffer.from(await theirs.arrayBuffer()))).toBe(true);
});
