import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { realModels } from '../../support/realFiles';
import { fileOf, sampleFile } from '../../support/studio';
import { context, globalRecipe, openStudio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/evaluation');
const random = { kind: 'random', seed: 1, dimensions: {} } as const;

async function pair(checkpoint: File, model: File) {
  const studio = await openStudio(checkpoint, 'inputs');
  const graph = await studio.evaluation.openGraph(
    { files: [model], isCheckpoint: false, tensors: studio.tensors },
    context,
  );
  return { ...studio, graph, pairing: graph.pairing };
}

describe('a checkpoint beside the graph exported from it', () => {
  it.each(['digits-cnn.pth', 'digits-cnn.safetensors'])('%s: every tensor is found by name', async (name) => {
    const { pairing, close } = await pair(sampleFile(name), sampleFile('digits-cnn.onnx'));
    expect(pairing.needsConfirmation).toBe(false);
    expect(pairing.unmatched).toEqual([]);
    expect(new Set(pairing.pairs.map(({ match }) => match))).toEqual(new Set(['name']));
    expect(pairing.pairs.every((each) => each.name === each.initializer)).toBe(true);
    close();
  });

  it('evaluates as the graph itself does', async () => {
    const ofGraph = await openStudio(sampleFile('digits-cnn.onnx'), 'inputs');
    const model = sampleFile('digits-cnn.onnx');
    await ofGraph.evaluation.openGraph({ files: [model], isCheckpoint: true, tensors: ofGraph.tensors }, context);
    const ofWeights = await pair(sampleFile('digits-cnn.pth'), model);
    const source = { kind: 'arrays', files: [sampleFile('digits-test.npz')] } as const;
    const results = await Promise.all(
      [ofGraph, ofWeights].map(async ({ evaluation, resolve }) => {
        await evaluation.setInputs({ source }, context);
        const outcomes = await resolve(globalRecipe({ sparsity: 0.9 }));
        return evaluation.evaluate({ outcomes }, context);
      }),
    );
    const [a, b] = results.map(({ outputs, accuracy }) => ({ outputs, accuracy }));
    expect(a).toEqual(b);
    ofGraph.close();
    ofWeights.close();
  });

  it('is matched where names differ, weights are transposed, and batch normalisation was folded in', async () => {
    const studio = await pair(fileOf(join(folder, 'folded.safetensors')), fileOf(join(folder, 'folded.onnx')));
    const { pairing } = studio;
    const byName = new Map(pairing.pairs.map((each) => [each.name, each]));
    expect(byName.get('module.conv.weight')).toMatchObject({ initializer: 'onnx::Conv_7', match: 'folded' });
    expect(byName.get('module.fc.weight')).toMatchObject({
      initializer: 'onnx::MatMul_9',
      match: 'content',
      transposed: true,
    });
    expect(byName.get('module.fc.bias')).toMatchObject({ initializer: 'fc.bias', match: 'name' });
    expect(pairing.unmatched).toEqual([]);
    expect(pairing.foldedIn.map(({ name }) => name.slice('module.'.length)).sort()).toEqual([
      ...['bn.bias', 'bn.running_mean', 'bn.running_var', 'bn.weight', 'conv.bias'],
    ]);
    expect(new Set(pairing.foldedIn.map(({ layer }) => layer))).toEqual(new Set(['module.conv.weight']));
    expect(pairing.needsConfirmation).toBe(true);

    await studio.evaluation.setInputs({ source: random }, context);
    const untouched = await studio.evaluation.evaluate({ outcomes: new Map() }, context);
    expect(untouched.outputs[0]!.relativeL2).toBe(0);
    const nothing = await studio.resolve(globalRecipe({ sparsity: 0 }));
    expect((await studio.evaluation.evaluate({ outcomes: nothing }, context)).outputs[0]!.relativeL2).toBe(0);
    const half = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
    const { outputs } = await studio.evaluation.evaluate({ outcomes: half }, context);
    expect(outputs[0]!.relativeL2).toBeGreaterThan(0);
    expect(outputs[0]!.relativeL2).toBeLessThan(1);
    studio.close();
  });

  it('that is of other weights is found by name, evaluated by the weights of the checkpoint, and to be confirmed', async () => {
    const other = sampleFile('digits-cnn.safetensors');
    const bytes = new Uint8Array(await other.arrayBuffer());
    // Another number at the end of the last tensor.
    bytes.set([0, 0, 128, 64], bytes.length - 4);
    const changed = new File([bytes], other.name);
    const { pairing, close } = await pair(changed, sampleFile('digits-cnn.onnx'));
    expect(pairing.pairs.filter(({ match }) => match === 'name only')).toHaveLength(1);
    expect(pairing.needsConfirmation).toBe(true);
    close();
  });

  it.skipIf(!existsSync(realModels))(
    'that is a real network of ../shared/models is matched by name, tensor by tensor',
    async () => {
      const [weights, graph] = ['pth', 'onnx'].map((extension) =>
        fileOf(join(realModels, `ultraface-rfb-320.${extension}`)),
      );
      const studio = await pair(weights!, graph!);
      const conv = studio.opened.layers.filter(({ byDefault }) => byDefault);
      const matched = new Set(studio.pairing.pairs.map(({ tensor }) => tensor));
      expect(conv.length).toBeGreaterThan(40);
      expect(conv.every(({ id }) => matched.has(id))).toBe(true);
      expect(studio.pairing.needsConfirmation).toBe(false);
      await studio.evaluation.setInputs({ source: random }, context);
      const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.5 }));
      const { outputs } = await studio.evaluation.evaluate({ outcomes }, context);
      expect(outputs.map(({ name }) => name)).toEqual(['scores', 'boxes']);
      expect(outputs[0]).toMatchObject({ classes: 2 });
      expect(outputs[1]!.classes).toBeUndefined();
      for (const { cosine } of outputs) expect(cosine).toBeGreaterThan(0.5);
      studio.close();
    },
  );
});
