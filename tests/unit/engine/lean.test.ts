/** One state dict of a training checkpoint (golden/lean.py); tests/interop reads the same with the real libraries. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportLean } from '../../../src/engine/exports/lean';
import { type LeanChoice, leanPlan } from '../../../src/engine/exports/leanPlan';
import { resolveExactly } from '../../../src/engine/recipe/resolveExactly';
import { createEngine } from '../../../src/engine/worker/engine';
import { downloads } from '../../../src/engine/worker/outputs';
import { at } from '../../../src/lib/known';
import { labelOf } from '../../../src/tensors/dtype';
import { context, type OpenFile, openFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { fileOf } from '../../support/studio';
import { globalRecipe } from '../evaluation/support';

const kernels = loadWasmKernels();
const folder = resolve(import.meta.dirname, '../../golden/files/lean');
const expected = JSON.parse(readFileSync(resolve(folder, 'expected.json'), 'utf8'));

const training = () => openFile(fileOf(resolve(folder, 'training.pth')), kernels);

async function lean(open: OpenFile, choice: LeanChoice, sparsity?: number) {
  const recipe = globalRecipe({ sparsity: sparsity ?? 0 });
  const outcomes = sparsity === undefined ? new Map() : (await resolveExactly(open.session, recipe, context)).outcomes;
  const { files, ...rest } = await exportLean(open, choice, outcomes, downloads(), context);
  const { name, size, content } = at(files, 0);
  expect(content.size).toBe(size);
  return { ...rest, name, made: await openFile(new File([content], name), kernels) };
}

/** SHA-256 of the bytes of each tensor of numbers with fractions, row by row. */
async function digests({ session }: OpenFile): Promise<Record<string, string>> {
  const { layers } = session.opened;
  const ids = layers.flatMap(({ id, statistics }) => (statistics ? [id] : []));
  const weights = await session.weights(new Map(), ids, context);
  const entries = ids.map((id) => [at(layers, id).name, createHash('sha256').update(weights.get(id)!).digest('hex')]);
  return Object.fromEntries(entries);
}

function namesIn({ session }: OpenFile): string[] {
  return session.opened.layers.map(({ name }) => name).sort();
}

describe.each(['torch.save', 'safetensors'] as const)('a lean checkpoint as %s', (files) => {
  it.each([undefined, 'F16', 'BF16'] as const)('is the state dict alone, its weights as %s', async (precision) => {
    const open = await training();
    const { name, made, tensors, loss } = await lean(open, { model: 'state_dict', precision, files });
    expect(name).toBe(files === 'safetensors' ? 'training-lean.safetensors' : 'training-lean.pth');
    const { 'norm.num_batches_tracked': _, ...numbers } = expected[precision ?? 'F32'];
    expect(numbers).toMatchObject(await digests(made));
    expect(namesIn(made)).toEqual(Object.keys(expected.F32).sort());
    expect(tensors).toBe(Object.keys(expected.F32).length);
    expect(loss?.overflowed).toBe({ F16: 1, BF16: 0, as: undefined }[precision ?? 'as']);
    expect(loss?.vanished).toBe({ F16: 2, BF16: 0, as: undefined }[precision ?? 'as']);
  });

  it('is as large as was said before', async () => {
    const open = await training();
    const choice = { model: 'state_dict', files } as const;
    const { made } = await lean(open, choice);
    const { bytes } = leanPlan(open.session.opened, choice);
    const own = made.session.measurable.checkpoint.storages.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(own).toBe(bytes);
  });

  it('has the recipe applied', async () => {
    const { made } = await lean(await training(), { model: 'state_dict', precision: 'BF16', files }, 0.5);
    const weights = made.session.opened.layers.filter(({ byDefault }) => byDefault);
    const zeros = weights.reduce((sum, { statistics }) => sum + statistics!.zeros, 0);
    const all = weights.reduce((sum, { numel }) => sum + numel, 0);
    expect(zeros).toBeGreaterThanOrEqual(all / 2);
    expect(zeros).toBeLessThan(all / 2 + 2);
  });
});

it('takes from the original what the average of a model lacks', async () => {
  const open = await training();
  const plan = leanPlan(open.session.opened, { model: 'state_dict_ema', files: 'torch.save' });
  expect(plan.filled).toBe(3);
  expect(plan.left.optimizer.tensors).toBeGreaterThan(0);
  const { made } = await lean(open, { model: 'state_dict_ema', files: 'torch.save' });
  expect(namesIn(made)).toEqual(Object.keys(expected.F32).sort());
  const own = await digests(made);
  expect(own['norm.running_mean']).toBe(expected.F32['norm.running_mean']);
  expect(own['conv.weight']).not.toBe(expected.F32['conv.weight']);
});

it.each(['torch', 'safetensors'])(
  'of shards of %s stay shards, in the other format too, with their index',
  async (kind) => {
    const shards = resolve(import.meta.dirname, '../../golden/files/shards');
    const { tensors } = JSON.parse(readFileSync(resolve(shards, 'expected.json'), 'utf8'));
    const names = readdirSync(resolve(shards, kind));
    const engine = createEngine(kernels);
    await engine.open({ files: names.map((name) => fileOf(resolve(shards, kind, name))) }, context);
    const files = kind === 'torch' ? 'safetensors' : 'torch.save';
    const made = await engine.exportLean({ model: '', precision: 'F16', files, outcomes: new Map() }, context);
    expect(made.files.map(({ name }) => name)).toContain(
      kind === 'torch' ? 'pytorch_model.safetensors.index.json' : 'model.bin.index.json',
    );
    const again = createEngine(kernels);
    const { layers, notes } = await again.open(
      { files: made.files.map(({ name, file }) => new File([file!], name)) },
      context,
    );
    expect(layers.map(({ name }) => name).sort()).toEqual(Object.keys(tensors).sort());
    expect(new Set(layers.map(({ dtype }) => labelOf(dtype)))).toEqual(new Set(['f16', 'i64']));
    expect(notes).toEqual([]);
  },
);
