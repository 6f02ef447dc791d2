/** Models whose weights lie in other files are run as the one-file models that they would be: held against ONNX Runtime itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGraph, sessionFiles } from '../../../src/evaluation/graph/modelInMemory';
import { parseNpy } from '../../../src/evaluation/inputs/npy';
import type { Delivery } from '../../../src/evaluation/protocol';
import { loadRuntime } from '../../../src/evaluation/runtime';
import { toFloats } from '../../../src/evaluation/values';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { joinedSource, partsOf } from '../../../src/lib/parts';
import type { Repair } from '../../../src/pruning/repair';
import { npy } from '../../support/npy';
import { context, fileOf, globalRecipe, openStudio, type Studio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/external');
const images = join(folder, 'images.npy');
interface Outputs {
  readonly before: readonly number[];
  readonly after: readonly number[];
}
const expected: Outputs & { readonly checked: Outputs & { readonly threshold: number } } = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
);
/** As they might be dropped: the data first. */
const files = (kind: string) =>
  readdirSync(join(folder, kind))
    .sort((a, b) => (a < b ? 1 : -1))
    .map((name) => fileOf(join(folder, kind, name)));

/** The model first, as `chooseFiles` puts it. */
function graphOf(kind: string) {
  const ordered = files(kind).sort((a, b) => Number(b.name === 'net.onnx') - Number(a.name === 'net.onnx'));
  return readGraph(joinedSource(ordered.map(blobSource)), partsOf(ordered));
}

describe.each(['exported', 'saved'])('a model that was %s with its weights in other files', (kind) => {
  it('computes what ONNX Runtime computes from the files on disk', async () => {
    const { createSession } = await loadRuntime();
    const graph = await graphOf(kind);
    const session = await createSession(...sessionFiles(graph, graph.bytes));
    const [input] = session.inputs;
    const outputs = await session.run(
      new Map([[input!.name, parseNpy(new Uint8Array(readFileSync(images)), 'images.npy')]]),
    );
    const [output] = outputs.values();
    const found = toFloats(output!);
    expect(found).toHaveLength(expected.before.length);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.before[i]!, 4);
    });
    await session.release();
  });

  it.each<Delivery>(['inputs', 'session'])('is evaluated with pruned weights (by %s)', async (delivery) => {
    const studio = await openStudio(files(kind), delivery);
    await studio.evaluation.openGraph({ files: files(kind), isCheckpoint: true, tensors: studio.tensors }, context);
    await studio.evaluation.setInputs({ source: { kind: 'arrays', files: [fileOf(images)] } }, context);
    const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
    const { outputs } = await studio.evaluation.evaluate({ outcomes }, context);
    const difference = expected.after.map((value, i) => value - expected.before[i]!);
    const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    expect(outputs).toHaveLength(1);
    expect(outputs[0]!.relativeL2).toBeCloseTo(norm(difference) / norm(expected.before), 4);
    const again = await studio.evaluation.evaluate({ outcomes: new Map() }, context);
    expect(again.outputs[0]!.relativeL2).toBe(0);
    studio.close();
  });
});

it('with weights of Constant nodes and functions in other files, under two names, a model is evaluated', async () => {
  const { before, after, threshold } = expected.checked;
  const studio = await openStudio(files('checked'));
  await studio.evaluation.openGraph({ files: files('checked'), isCheckpoint: true, tensors: studio.tensors }, context);
  await studio.evaluation.setInputs({ source: { kind: 'arrays', files: [fileOf(images)] } }, context);
  const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { threshold } } as const;
  const outcomes = await studio.resolve({ format: 'secateur-recipe', version: 1, rules: [rule] });
  const { outputs } = await studio.evaluation.evaluate({ outcomes }, context);
  const norm = (values: readonly number[]) => Math.hypot(...values);
  const wanted = norm(after.map((value, i) => value - before[i]!)) / norm(before);
  expect(outputs[0]!.relativeL2).toBeCloseTo(wanted, 4);
  studio.close();
});

describe('of a model with its weights in another file', () => {
  let studio: Studio;
  beforeAll(async () => {
    studio = await openStudio(files('exported'));
    await studio.evaluation.openGraph(
      { files: files('exported'), isCheckpoint: true, tensors: studio.tensors },
      context,
    );
    await studio.evaluation.setInputs({ source: { kind: 'arrays', files: [fileOf(images)] } }, context);
  });
  afterAll(() => studio.close());

  it('the layers say where the error arises', async () => {
    const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
    const drift = await studio.evaluation.layerDrift({ outcomes }, context);
    expect(drift.map(({ name }) => name)).toEqual(['0.weight', '2.weight', '5.weight', '7.weight']);
    expect(drift.every(({ relativeL2 }) => relativeL2 > 0)).toBe(true);
  });

  it('the norms of inputs are collected', async () => {
    const norms = await studio.evaluation.inputNorms({}, context);
    expect(norms.map(({ norms: ofInputs }) => ofInputs.length)).toEqual([1, 8, 128, 16]);
  });
  it('weights are repaired', async () => {
    const pixels = Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i * i));
    const many = new File([npy([64, 1, 8, 8], '<f4', pixels)], 'many.npy');
    const source = { kind: 'arrays', files: [many] } as const;
    await studio.evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
    const request = { outcomes, settings: { damping: 0.01 }, id: 'repair', of: '' };
    const report = (await studio.evaluation.repair(request, context)) as Repair;
    expect(report.tensors.map(({ name }) => name)).toContain('5.weight');
    for (const { before, after } of report.tensors) if (before !== undefined) expect(after).toBeLessThan(before);
  });
});

describe('a model whose other file is missing', () => {
  it('is not run, and names the file', async () => {
    const [model] = files('exported').filter(({ name }) => name === 'net.onnx');
    await expect(readGraph(blobSource(model!), partsOf([model!]))).rejects.toMatchObject({
      code: 'missing-file',
      message: expect.stringContaining('net.onnx.data, which is missing'),
    });
  });
});
