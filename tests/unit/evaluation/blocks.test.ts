/** Block influence against PyTorch's hooks (tests/golden/blocks.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { context, fileOf, openDigits, openStudio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/blocks');
const goldens: Record<string, { name: string; influence: number }[]> = JSON.parse(
  readFileSync(join(folder, 'blocks.json'), 'utf8'),
);

describe('residual blocks', () => {
  it.each(['residual', 'encoder'])('of the %s golden change what passes as PyTorch says', async (name) => {
    const model = fileOf(join(folder, `${name}.onnx`));
    const { evaluation, tensors, opened, close } = await openStudio(model);
    await evaluation.openGraph({ files: [model], isCheckpoint: true, tensors }, context);
    await evaluation.setInputs({ source: { kind: 'arrays', files: [fileOf(join(folder, `${name}.npy`))] } }, context);
    const found = await evaluation.blockInfluence({}, context);
    expect(found.map((block) => block.name)).toEqual(goldens[name]!.map((block) => block.name));
    found.forEach(({ influence, tensors: weights, samples }, i) => {
      expect(influence).toBeCloseTo(goldens[name]![i]!.influence, 6);
      expect(samples).toBe(10);
      for (const id of weights) expect(opened.layers[id]!.name).toBeTypeOf('string');
      expect(weights.length).toBe(name === 'encoder' ? 6 : 2);
    });
    close();
  });

  it('are none in a network without', async () => {
    const digits = await openDigits();
    expect(await digits.evaluation.blockInfluence({}, context)).toEqual([]);
    digits.close();
  });
});
