/** The main job from path to path, in Node alone: no page, no worker, no Blob. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FileSource } from '../../../../src/engine/node/fileSource';
import { pruneFiles } from '../../../../src/engine/node/pruneFiles';
import { prune } from '../../../../src/engine/prune';
import { AnswerCache } from '../../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../../src/engine/recipe/candidates';
import { settle } from '../../../../src/engine/recipe/settle';
import { createEngine } from '../../../../src/engine/worker/engine';
import { repairFile } from '../../../../src/engine/worker/repairing';
import { readContent } from '../../../../src/formats/zip/content';
import { readZip } from '../../../../src/formats/zip/directory';
import { wholeFile } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';
import { memorySink } from '../../../../src/lib/splicingSink';
import type { Recipe } from '../../../../src/pruning/recipe';
import { repairEntry, repairedOutcomes } from '../../../../src/pruning/repair';
import { openFile, prunedFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { madeUpRepair } from '../../../support/repairs';
import { bytesOf } from '../../kernels/support';
import { context, recipeOf, resolveExactly } from '../patched';

const golden = resolve(import.meta.dirname, '../../../golden/files');
const kernels = loadWasmKernels();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secateur-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllGlobals());

/** What only browsers need is not there. */
function withoutBrowser(): void {
  for (const name of ['Blob', 'File', 'FileReader', 'navigator', 'location', 'self']) vi.stubGlobal(name, undefined);
}

async function inMemory(path: string, recipe: Recipe): Promise<Uint8Array> {
  const source = memorySource(new Uint8Array(readFileSync(path)));
  const { files } = await prune({ source, parts: wholeFile(source, path) }, recipe, memorySink, kernels, context);
  expect(files).toHaveLength(1);
  return files[0]!.content.read(0, files[0]!.size);
}

/** The bytes of all storages of a PyTorch archive. */
async function storagesOf(bytes: Uint8Array): Promise<Buffer[]> {
  const source = memorySource(bytes);
  const entries = (await readZip(source, {})).filter(({ name }) => /\/data\/\d+$/.test(name));
  return Promise.all(entries.map(async (entry) => Buffer.from(await readContent(source, entry, {}))));
}

describe('a checkpoint on disk', () => {
  it.each(['shared-slices.pt', 'shared-column-chunks.pt', 'shared-column-chunks-big-endian.pt'])(
    'is pruned as PyTorch prunes it, byte for byte as in memory: %s',
    async (name) => {
      withoutBrowser();
      const original = join(golden, 'pytorch', name);
      const expected = await inMemory(original, recipeOf({}));
      const { files } = await pruneFiles([original], join(folder, name), recipeOf({}), kernels, context);
      expect(files).toEqual([
        { name: name.replace('.pt', '-pruned.pt'), size: expected.length, content: join(folder, name) },
      ]);
      const written = readFileSync(join(folder, name));
      expect(written.equals(expected)).toBe(true);
      const theirs = await storagesOf(readFileSync(join(golden, 'sharing', name)));
      expect(theirs.length).toBeGreaterThan(0);
      expect(await storagesOf(written)).toEqual(theirs);
    },
  );

  it.each(['pth', 'safetensors', 'onnx'])(
    'goes into a folder under the name that exports have: .%s',
    async (extension) => {
      withoutBrowser();
      const original = resolve(import.meta.dirname, `../../../../public/samples/digits-cnn.${extension}`);
      const recipe = recipeOf({ scope: 'global', amount: { sparsity: 0.9 } });
      const { files, weights, zeros } = await pruneFiles([original], folder, recipe, kernels, context);
      expect(files).toMatchObject([{ name: `digits-cnn-pruned.${extension}` }]);
      expect(zeros / weights).toBeCloseTo(0.9, 4);
      const written = readFileSync(join(folder, `digits-cnn-pruned.${extension}`));
      expect(written.equals(await inMemory(original, recipe))).toBe(true);
      expect(written.equals(readFileSync(original))).toBe(false);
    },
  );

  it('is never overwritten, and neither is what stood in the place of a file that could not be finished', async () => {
    const original = join(folder, 'model.safetensors');
    const earlier = join(folder, 'earlier.safetensors');
    writeFileSync(original, readFileSync(join(golden, 'safetensors/plain.safetensors')));
    writeFileSync(earlier, 'as it was');
    const before = await readdir(folder);
    await expect(pruneFiles([original], original, recipeOf({}), kernels, context)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/is the original/),
    });
    const controller = new AbortController();
    const cancelling = {
      signal: controller.signal,
      progress: ({ stage }: { stage: string }) => stage === 'writing' && controller.abort(),
    };
    await expect(pruneFiles([original], earlier, recipeOf({}), kernels, cancelling)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readFileSync(earlier, 'utf8')).toBe('as it was');
    expect(await readdir(folder)).toEqual(before);
  });

  it('that is not there, or goes where nothing can be written, is told of', async () => {
    const missing = pruneFiles([join(folder, 'missing.pt')], folder, recipeOf({}), kernels, context);
    await expect(missing).rejects.toMatchObject({ code: 'file-unreadable' });
    const original = join(golden, 'safetensors/plain.safetensors');
    const nowhere = pruneFiles([original], join(folder, 'no/such/folder.pt'), recipeOf({}), kernels, context);
    await expect(nowhere).rejects.toMatchObject({ code: 'write-failed' });
    const none = pruneFiles([join(golden, 'onnx/old.onnx.json')], folder, recipeOf({}), kernels, context);
    await expect(none).rejects.toMatchObject({ code: 'unrecognised-file' });
  });
});

describe('a model with its weights in another file', () => {
  const [graph, data] = ['net.onnx', 'net.onnx.data'].map((name) => join(golden, 'external/exported', name)) as [
    string,
    string,
  ];
  const both = recipeOf({ tensors: ['0.bias', '7.weight'], amount: { count: 3 } });

  it('is written as the files that changed, as in a browser', async () => {
    withoutBrowser();
    const target = mkdtempSync(join(folder, 'several-'));
    const other = join(golden, 'safetensors/plain.safetensors');
    const { files, opened } = await pruneFiles([other, data, graph], target, both, kernels, context);
    expect(files.map(({ name }) => name)).toEqual(['net.onnx', 'net.onnx.data']);
    expect(opened.notes).toMatchObject([{ text: expect.stringMatching(/^plain\.safetensors was left aside/) }]);
    const written = files.map(({ content }) => readFileSync(content));
    vi.unstubAllGlobals();
    const engine = createEngine(kernels);
    const originals = [graph, data].map((path) => new File([readFileSync(path)], basename(path)));
    const { layers } = await engine.open({ files: originals }, context);
    const { outcomes } = await settle(both, candidatesOf(layers), new AnswerCache(), (requests) =>
      engine.lookUp({ requests }, context),
    );
    const theirs = await engine.export({ outcomes }, context);
    for (const [i, { file }] of theirs.files.entries()) {
      expect(written[i]!.equals(Buffer.from(await file!.arrayBuffer()))).toBe(true);
      expect(written[i]!.equals(readFileSync([graph, data][i]!))).toBe(false);
    }
  });

  it('is not written over itself, nor into a single file', async () => {
    const place = join(golden, 'external/exported');
    await expect(pruneFiles([graph, data], place, both, kernels, context)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/net\.onnx(\.data)? is the original/),
    });
    expect(readdirSync(place)).toEqual(['net.onnx', 'net.onnx.data']);
    await expect(pruneFiles([graph, data], join(folder, 'one.onnx'), both, kernels, context)).rejects.toMatchObject({
      code: 'write-failed',
      message: expect.stringMatching(/is no folder/),
    });
  });
});

/** Blocks of 512 bytes that a file has on disk. */
const bytesOnDisk = (path: string) => statSync(path).blocks * 512;

function hasSparseFiles(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'secateur-probe-'));
  const path = join(probe, 'sparse');
  writeFileSync(path, '');
  truncateSync(path, 64 * 2 ** 20);
  const isSparse = bytesOnDisk(path) < 2 ** 20;
  rmSync(probe, { recursive: true });
  return isSparse;
}

describe.skipIf(!hasSparseFiles())('a checkpoint of more than 4 GiB, most of which is a hole', () => {
  const rows = 256;
  const values = Array.from({ length: rows * rows }, (_, i) => Math.sin(i + 1));
  const weights = bytesOf('F32', values);
  /** The weights lie over the border of 4 GiB, and behind it. */
  const filler = 2 ** 32 - 2 ** 17 - 512;

  async function write(path: string): Promise<{ starts: number[]; size: number }> {
    const places = [filler, filler + weights.length].map((start) => [start, start + weights.length] as const);
    const header = {
      filler: { dtype: 'U8', shape: [filler], data_offsets: [0, filler] },
      'fc1.weight': { dtype: 'F32', shape: [rows, rows], data_offsets: places[0] },
      'fc2.weight': { dtype: 'F32', shape: [rows, rows], data_offsets: places[1] },
    };
    const json = Buffer.from(JSON.stringify(header).padEnd(504));
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(json.length));
    const file = await open(path, 'w');
    await file.write(Buffer.concat([head, json]));
    const starts = places.map(([start]) => start + 512);
    for (const start of starts) await file.write(weights, 0, weights.length, start);
    await file.close();
    return { starts, size: starts[1]! + weights.length };
  }

  it('is pruned, to a file that is as sparse', async () => {
    withoutBrowser();
    const path = join(folder, 'large.safetensors');
    const { starts, size } = await write(path);
    expect(starts[0]).toBeLessThan(2 ** 32);
    expect(starts[1]).toBeGreaterThan(2 ** 32);
    const target = join(folder, 'large-pruned.safetensors');
    const { files, ...counts } = await pruneFiles([path], target, recipeOf({}), kernels, context);
    expect(files).toEqual([{ name: 'large-pruned.safetensors', size, content: target }]);
    expect(counts).toMatchObject({ weights: 2 * rows * rows, zeros: rows * rows, changed: 2 });
    expect(statSync(target).size).toBe(size);
    expect(bytesOnDisk(target)).toBeLessThan(8 * 2 ** 20);

    const magnitudes = values.map((value) => Math.abs(Math.fround(value)));
    const median = [...magnitudes].sort((a, b) => a - b)[magnitudes.length / 2 - 1]!;
    const expected = bytesOf(
      'F32',
      values.map((value, i) => (magnitudes[i]! <= median ? 0 : value)),
    );
    const [source, written] = [await FileSource.open(path), await FileSource.open(target)];
    for (const start of starts) {
      expect(Buffer.compare(await written.read(start, expected.length), expected)).toBe(0);
    }
    // Everything that is no hole, and some of it.
    const { files: inMemory } = await prune(
      { source, parts: wholeFile(source, path) },
      recipeOf({}),
      memorySink,
      kernels,
      context,
    );
    const whole = inMemory[0]!.content;
    expect(whole.size).toBe(size);
    for (const [start, end] of [
      [0, 2 ** 20],
      [2 ** 31 - 100, 2 ** 31 + 100],
      [2 ** 32 - 2 ** 20, size],
    ] as const) {
      const found = await written.read(start, end - start);
      expect(Buffer.compare(found, await whole.read(start, end - start))).toBe(0);
    }
    await Promise.all([source.close(), written.close()]);
    // The hole is read like all other bytes, twice over, on a machine that may be busy.
  }, 300_000);
});

describe('a repaired recipe', () => {
  const path = resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.pth');
  const plain = recipeOf({ scope: 'global' });

  async function repaired(between: boolean) {
    const opened = await openFile(new File([readFileSync(path)], 'digits-cnn.pth'), kernels);
    const { outcomes } = await resolveExactly(opened.session, plain);
    const { repair } = await madeUpRepair(opened.session, plain, outcomes, ['fc1.bias']);
    const made = { ...repair, between };
    const side = join(folder, 'digits-cnn-repair.safetensors');
    writeFileSync(side, new Uint8Array(await repairFile(opened.session, made).file.arrayBuffer()));
    const recipe: Recipe = { ...plain, repair: repairEntry(made) };
    const bytes = async (of: typeof outcomes) => Buffer.from(await (await prunedFile(opened, of)).arrayBuffer());
    return { recipe, side, repaired: await bytes(repairedOutcomes(outcomes, made)), pruned: await bytes(outcomes) };
  }

  it('is applied with the file of its weights, and prunes only without it, which is said', async () => {
    const { recipe, side, ...expected } = await repaired(false);
    const to = join(folder, 'out.pth');
    const whole = await pruneFiles([path], to, recipe, kernels, context, side);
    expect(whole).toMatchObject({ repaired: 5 });
    expect(whole).not.toHaveProperty('note');
    expect(readFileSync(to).equals(expected.repaired)).toBe(true);
    const { note } = await pruneFiles([path], to, recipe, kernels, context);
    expect(note).toBe('The recipe was repaired, and its repaired weights are not here: it prunes only.');
    expect(readFileSync(to).equals(expected.pruned)).toBe(true);
  });

  it('is refused without them where it repairs between its steps, and with those of another recipe', async () => {
    const { recipe, side } = await repaired(true);
    const to = join(folder, 'out.pth');
    await expect(pruneFiles([path], to, recipe, kernels, context)).rejects.toMatchObject({ code: 'repair-missing' });
    await pruneFiles([path], to, recipe, kernels, context, side);
    await expect(pruneFiles([path], to, recipeOf({}), kernels, context, side)).rejects.toThrow('of another recipe');
  });
});
