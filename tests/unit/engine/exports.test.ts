/** Exports beside the pruned file itself, read back by Secateur. tests/interop reads them with the real libraries. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src/engine/callContext';
import { availableExports } from '../../../src/engine/exports/available';
import { estimateSize } from '../../../src/engine/exports/exportAs';
import type { ExportKind } from '../../../src/engine/exports/exportKind';
import type { ExportSource, Outcomes } from '../../../src/engine/exports/source';
import { resolveExactly } from '../../../src/engine/recipe/resolveExactly';
import { safetensorsFile } from '../../../src/formats/safetensors/write';
import { blobOf } from '../../../src/lib/browser/blobOf';
import { emptyRecipe, type Recipe } from '../../../src/pruning/recipe';
import type { Dtype } from '../../../src/tensors/dtype';
import { context, exportedFile, type OpenFile, openFile, prunedFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, valuesOf } from '../kernels/support';

const kernels = loadWasmKernels();
const samples = resolve(import.meta.dirname, '../../../public/samples');

function open(file: File): Promise<OpenFile> {
  return openFile(file, kernels);
}

function openSample(name: string): Promise<OpenFile> {
  return open(new File([readFileSync(resolve(samples, name))], name));
}

function sparsity(amount: number): Recipe {
  const rule = {
    criterion: 'magnitude',
    granularity: 'weight',
    scope: 'global',
    amount: { sparsity: amount },
  } as const;
  return { format: 'secateur-recipe', version: 1, rules: [rule] };
}

async function outcomesOf({ session }: ExportSource, recipe: Recipe): Promise<Outcomes> {
  const { outcomes } = await resolveExactly(session, recipe, context);
  return outcomes;
}

async function exported(source: ExportSource, kind: ExportKind, recipe: Recipe): Promise<OpenFile> {
  return open(await exportedFile(source, kind, await outcomesOf(source, recipe)));
}

/** Elements of a tensor of a file, as bytes. */
async function bytesIn({ file, session }: OpenFile, name: string): Promise<Buffer> {
  const { tensors, storages } = session.measurable.checkpoint;
  const { storage } = tensors.find((tensor) => tensor.name === name)!;
  const [segment] = storages[storage]!.segments;
  return Buffer.from(await file.slice(segment!.start, segment!.end).arrayBuffer());
}

function named({ session }: ExportSource): string[] {
  return session.opened.layers.map(({ name }) => name);
}

/** A safetensors file of float32 tensors of 2 x 2, or of another dtype with the same bytes. */
function fileOf(tensors: Record<string, readonly number[]>, dtype: Dtype = 'F32'): File {
  const contents = Object.entries(tensors).map(([name, values]) => ({
    name,
    dtype,
    shape: [2, 2],
    content: [new Uint8Array(bytesOf('F32', values))],
  }));
  return new File([blobOf(safetensorsFile(contents, { note: 'kept' }))], 'small.safetensors');
}

describe('masks', () => {
  it('are ones where a weight stays, in a file of their own', async () => {
    const source = await openSample('digits-cnn.pth');
    const outcomes = await outcomesOf(source, sparsity(0.5));
    const masks = await exported(source, 'masks', sparsity(0.5));
    expect(masks.file.name).toBe('digits-cnn-masks.safetensors');
    expect(named(masks).sort()).toEqual(['conv1', 'conv2', 'fc1', 'fc2'].map((name) => `${name}.weight_mask`));
    for (const [id, { pruned }] of outcomes) {
      const mask = await bytesIn(masks, `${source.session.opened.layers[id]!.name}_mask`);
      expect(mask.filter((stays) => stays === 0)).toHaveLength(pruned);
      expect(mask.every((stays) => stays <= 1)).toBe(true);
    }
  });

  it('tell chosen zeros from others', async () => {
    const source = await open(fileOf({ 'fc.weight': [0, 3, 0, 4] }));
    const masks = await exported(source, 'masks', sparsity(0.25));
    expect([...(await bytesIn(masks, 'fc.weight_mask'))]).toEqual([0, 1, 1, 1]);
  });

  it('keep everything of what is in and loses nothing', async () => {
    const source = await open(fileOf({ 'fc.weight': [1, 3, 2, 4] }));
    const masks = await exported(source, 'masks', sparsity(0));
    expect([...(await bytesIn(masks, 'fc.weight_mask'))]).toEqual([1, 1, 1, 1]);
  });
});

describe.each(['digits-cnn.pth', 'digits-cnn.safetensors'])('a reparametrised %s', (name) => {
  it('has the weights as they were beside their masks, and says so when it is opened', async () => {
    const source = await openSample(name);
    const made = await exported(source, 'reparametrised', sparsity(0.5));
    expect(made.file.name).toBe(name.replace('.', '-reparametrised.'));
    expect((await bytesIn(made, 'fc1.weight_orig')).equals(await bytesIn(source, 'fc1.weight'))).toBe(true);
    const { layers, notes } = made.session.opened;
    const mask = layers.find((layer) => layer.name === 'fc1.weight_mask')!;
    expect(mask).toMatchObject({ prunable: false, reason: 'pruning mask of fc1.weight', dtype: 'F32' });
    expect(layers[mask.maskOf!]).toMatchObject({ name: 'fc1.weight_orig', kind: 'linear', byDefault: true });
    expect(notes).toMatchObject([{ text: expect.stringMatching(/holds 4 pruning masks .*: 50\.0 % of these/) }]);
    expect(availableExports(made.session.opened)).toContain('permanent');
  });

  it('made permanent is the pruned file', async () => {
    const source = await openSample(name);
    const pruned = await open(new File([await prunedFile(source, await outcomesOf(source, sparsity(0.5)))], name));
    const masked = await exported(source, 'reparametrised', sparsity(0.5));
    const permanent = await exported(masked, 'permanent', emptyRecipe);
    expect(named(permanent).sort()).toEqual(named(source).sort());
    for (const each of named(source))
      expect((await bytesIn(permanent, each)).equals(await bytesIn(pruned, each)), each).toBe(true);
  });
});

describe('a file with masks', () => {
  const file = fileOf({ 'fc.weight_orig': [1, -2, 3, 4], 'fc.weight_mask': [1, 0, 1, 1], 'fc.other': [5, 6, 7, 8] });

  it('pruned further has masks of what both keep', async () => {
    const source = await open(file);
    const masks = await exported(source, 'masks', sparsity(0.25));
    expect([...(await bytesIn(masks, 'fc.weight_mask'))]).toEqual([0, 0, 1, 1]);
    const again = await exported(source, 'reparametrised', sparsity(0.25));
    expect(named(again).sort()).toEqual(named(source).sort());
    expect(valuesOf('F32', await bytesIn(again, 'fc.weight_orig'))).toEqual([1, -2, 3, 4]);
    expect(valuesOf('F32', await bytesIn(again, 'fc.weight_mask'))).toEqual([0, 0, 1, 1]);
  });

  it('becomes permanent with what is pruned on top, in zeros without a sign', async () => {
    const permanent = await exported(await open(file), 'permanent', sparsity(0.25));
    expect(named(permanent)).toEqual(['fc.other', 'fc.weight']);
    const values = valuesOf('F32', await bytesIn(permanent, 'fc.weight'));
    expect(values.map((value) => (Object.is(value, -0) ? '-0' : value))).toEqual([0, 0, 3, 4]);
  });

  it('next to weights of their own name is made permanent just so', async () => {
    const source = await open(
      fileOf({ 'fc.weight': [1, -2, 3, 4], 'fc.mask': [1, 0, 1, 1], 'fc.other': [5, 6, 7, 8] }),
    );
    expect(availableExports(source.session.opened)).toContain('permanent');
    const permanent = await exported(source, 'permanent', sparsity(0.25));
    expect(named(permanent)).toEqual(['fc.other', 'fc.weight']);
    expect(valuesOf('F32', await bytesIn(permanent, 'fc.weight'))).toEqual([0, 0, 3, 4]);
    const masked = await exported(source, 'reparametrised', sparsity(0.25));
    expect(valuesOf('F32', await bytesIn(masked, 'fc.mask'))).toEqual([0, 0, 1, 1]);
  });

  it('is not made permanent where the mask is none', async () => {
    const source = await open(fileOf({ 'fc.weight_orig': [1, 2, 3, 4], 'fc.weight_mask': [1, 0.5, 1, 1] }));
    await expect(exported(source, 'permanent', emptyRecipe)).rejects.toThrow(/holds other numbers than 0 and 1/);
  });
});

describe('a gzip file', () => {
  it('holds the pruned file, and its size is known before', async () => {
    const source = await openSample('digits-cnn.safetensors');
    const outcomes = await outcomesOf(source, sparsity(0.9));
    const file = await exportedFile(source, 'gzip', outcomes);
    expect(file.name).toBe('digits-cnn-pruned.safetensors.gz');
    const pruned = Buffer.from(await (await prunedFile(source, outcomes)).arrayBuffer());
    expect(gunzipSync(Buffer.from(await file.arrayBuffer())).equals(pruned)).toBe(true);
    expect(await estimateSize(source, 'gzip', outcomes, context)).toBe(file.size);
  });

  it('of a large file is estimated within a few percent', async () => {
    // 16 MiB of noise in four tensors, more than the sample.
    const noise = Float32Array.from({ length: 2 ** 20 }, (_, i) => Math.sin(i * 12.9898) * 43758.5453);
    const contents = ['a', 'b', 'c', 'd'].map((name) => ({
      name: `${name}.weight`,
      dtype: 'F32' as const,
      shape: [1024, 1024],
      content: [new Uint8Array(noise.buffer)],
    }));
    const source = await open(new File([blobOf(safetensorsFile(contents))], 'large.safetensors'));
    const outcomes = await outcomesOf(source, sparsity(0.7));
    const { size } = await exportedFile(source, 'gzip', outcomes);
    const estimate = await estimateSize(source, 'gzip', outcomes, context);
    expect(Math.abs(estimate / size - 1)).toBeLessThan(0.05);
  }, 60_000);

  it('stops when it is cancelled', async () => {
    const source = await openSample('digits-cnn.safetensors');
    const controller = new AbortController();
    const outcomes = await outcomesOf(source, sparsity(0.9));
    const cancelling: CallContext = {
      signal: controller.signal,
      progress: ({ stage }) => stage === 'compressing' && controller.abort(),
    };
    await expect(exportedFile(source, 'gzip', outcomes, cancelling)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a sparse ONNX model', () => {
  it('is smaller, by about what was estimated', async () => {
    const source = await openSample('digits-cnn.onnx');
    const outcomes = await outcomesOf(source, sparsity(0.9));
    const { size } = await exportedFile(source, 'sparse-onnx', outcomes);
    const estimate = await estimateSize(source, 'sparse-onnx', outcomes, context);
    expect(size).toBeLessThan(source.file.size / 2);
    expect(Math.abs(estimate - size)).toBeLessThan(500);
  });

  it('is not made where it would be no smaller', async () => {
    const source = await openSample('digits-cnn.onnx');
    const outcomes = await outcomesOf(source, sparsity(0.5));
    expect(await estimateSize(source, 'sparse-onnx', outcomes, context)).toBe(source.file.size);
    await expect(exportedFile(source, 'sparse-onnx', outcomes)).rejects.toThrow(/sparse enough/);
  });
});

describe('what a file cannot be written as', () => {
  it.each<[ExportKind, string, RegExp]>([
    ['reparametrised', 'digits-cnn.onnx', /this file is ONNX/],
    ['permanent', 'digits-cnn.onnx', /this file is ONNX/],
    ['sparse-onnx', 'digits-cnn.pth', /this file is PyTorch zip/],
  ])('%s: %s', async (kind, name, message) => {
    const source = await openSample(name);
    expect(availableExports(source.session.opened)).not.toContain(kind);
    await expect(exported(source, kind, sparsity(0.5))).rejects.toThrow(message);
  });

  it('anything, if the file cannot be exported', async () => {
    const bytes = readFileSync(resolve(import.meta.dirname, '../../golden/files/pytorch/rezipped-deflated.pt'));
    const source = await open(new File([bytes], 'deflated.pt'));
    expect(availableExports(source.session.opened)).toEqual([]);
    await expect(exportedFile(source, 'masks', new Map())).rejects.toMatchObject({ code: 'read-only-file' });
  });

  it('a pair beside a tensor of its name', async () => {
    const source = await open(fileOf({ 'fc.weight': [1, 2, 3, 4], 'fc.weight_mask': [1, 2, 1, 1] }));
    await expect(exported(source, 'reparametrised', sparsity(0.5))).rejects.toThrow(
      /another tensor named fc\.weight_mask/,
    );
  });
});
