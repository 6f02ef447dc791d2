import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGraph } from '../../../src/evaluation/graph/modelInMemory';
import { layerUses } from '../../../src/evaluation/layerUses';
import { pairSameFile } from '../../../src/evaluation/pairing';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { oneFile } from '../../support/oneFile';
import { fileOf } from '../../support/studio';
import { context, globalRecipe, openDigits, openStudio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/evaluation');

describe('the layers of the digits sample', () => {
  let digits: Awaited<ReturnType<typeof openDigits>>;
  beforeAll(async () => {
    digits = await openDigits('inputs');
  });
  afterAll(() => digits.close());

  it('have norms collected for the tensors asked for only', async () => {
    const [fc2] = digits.opened.layers.filter(({ name }) => name === 'fc2.weight');
    const collected = await digits.evaluation.inputNorms({ tensors: [fc2!.id] }, context);
    expect(collected.map(({ tensor }) => tensor)).toEqual([fc2!.id]);
  });

  it('drift from the first pruned one on', async () => {
    const outcomes = await digits.resolve({
      format: 'secateur-recipe',
      version: 1,
      rules: [
        {
          tensors: ['conv2.weight'],
          criterion: 'magnitude',
          granularity: 'weight',
          scope: 'layer',
          amount: { sparsity: 0.8 },
        },
      ],
    });
    const drift = await digits.evaluation.layerDrift({ outcomes }, context);
    expect(drift.map(({ name, operator }) => `${name} ${operator}`)).toEqual([
      'conv1.weight Conv',
      'conv2.weight Conv',
      'fc1.weight Gemm',
      'fc2.weight Gemm',
    ]);
    expect(drift[0]!.relativeL2).toBe(0);
    for (const { relativeL2 } of drift.slice(1)) expect(relativeL2).toBeGreaterThan(0.05);
  });
});

describe('weights that operators read by way of others', () => {
  const graphs = fileOf(join(folder, 'graphs.onnx'));

  it('are followed through transposes and reshapes, and found in constants', async () => {
    const graph = await readGraph(...oneFile(blobSource(graphs), 'graphs.onnx'));
    const { tensors, close } = await openStudio(graphs);
    const uses = layerUses(graph, pairSameFile(graph, tensors).targets);
    expect(uses.map(({ target, node }) => `${target.tensor.name} ${node.name}`)).toEqual([
      'turned a',
      'flat b',
      'constant c',
    ]);
    const [turned, flat, constant] = uses.map(({ channels }) => channels);
    expect(turned).toEqual({ activation: 'x', activationAxis: -1, weightAxis: 1, groups: 1 });
    expect(flat).toBeUndefined();
    expect(constant).toEqual({ activation: 'b', activationAxis: -1, weightAxis: 1, groups: 1 });
    close();
  });

  it('are pruned in constants, too, which cannot be fed', async () => {
    const studio = await openStudio(graphs);
    await studio.evaluation.openGraph({ files: [graphs], isCheckpoint: true, tensors: studio.tensors }, context);
    const source = { kind: 'random', seed: 1, dimensions: {} } as const;
    const { baseline } = await studio.evaluation.setInputs({ source }, context);
    expect(baseline).toMatchObject({ delivery: 'session', deliveryReason: 'constant is a constant inside the graph' });
    const everything = await studio.resolve(globalRecipe({ sparsity: 1 }));
    const { outputs } = await studio.evaluation.evaluate({ outcomes: everything }, context);
    expect(outputs[0]!.relativeL2).toBe(1);
    studio.close();
  });
});
