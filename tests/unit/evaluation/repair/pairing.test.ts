/** A fit made on a graph's weights goes back to the checkpoint: turned, and without the norms that were folded in. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toFloats } from '../../../../src/evaluation/values';
import { type Repair, repairedOutcomes } from '../../../../src/pruning/repair';
import { randomScore, streamOf } from '../../../../src/tensors/random';
import { context, fileOf, globalRecipe, openStudio } from '../support';

const folder = join(import.meta.dirname, '../../../golden/files/evaluation');

/** Version 1 of the format: 128 bytes of head. */
function npyOf(shape: readonly number[], numbers: Float32Array): File {
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117);
  const head = new TextEncoder().encode(`\u0000NUMPY\u0001\u0000\u0076\u0000${words}\n`).slice(0, 128);
  head[0] = 0x93;
  return new File([head, numbers.slice()], 'images.npy');
}

describe('a checkpoint whose graph has folded its norms in, and its last matrix turned', () => {
  it('gets the fitted weights, measured as they are in the checkpoint', async () => {
    const studio = await openStudio(fileOf(join(folder, 'folded.safetensors')), 'session');
    const { evaluation, tensors, engine } = studio;
    const files = [fileOf(join(folder, 'folded.onnx'))];
    await evaluation.openGraph({ files, isCheckpoint: false, tensors }, context);
    const numbers = Float32Array.from(
      { length: 96 * 50 },
      (_, i) => randomScore(3, streamOf('images'), i) + (i % 5) / 5,
    );
    const source = { kind: 'arrays', files: [npyOf([96, 2, 5, 5], numbers)] } as const;
    await evaluation.setInputs({ source }, context);
    await evaluation.setCalibration({ source: { kind: 'own', source } }, context);
    const outcomes = await studio.resolve(globalRecipe({ sparsity: 0.6 }));
    const request = { outcomes, settings: { damping: 0.01 }, id: 'paired', of: '' };
    const report = (await evaluation.repair(request, context)) as Repair;
    const names = report.tensors.map(({ name }) => name);
    expect(names).toContain('module.fc.weight');
    expect(names).toContain('module.conv.weight');
    // It is no tensor of the checkpoint: the norm's bias is in it.
    expect(names).not.toContain('module.conv.bias');
    const repaired = repairedOutcomes(outcomes, report);
    const [before, after] = [
      await evaluation.evaluate({ outcomes }, context),
      await evaluation.evaluate({ outcomes: repaired }, context),
    ];
    expect(after.outputs[0]!.relativeL2).toBeLessThan(before.outputs[0]!.relativeL2! * 0.9);

    const ids = report.tensors.map(({ tensor }) => tensor);
    const [pruned, fitted] = [
      await engine.weights({ outcomes, tensors: ids }, context),
      await engine.weights({ outcomes: repaired, tensors: ids }, context),
    ];
    for (const tensor of tensors.filter(({ id }) => ids.includes(id) && tensors[id]!.shape.length > 1)) {
      const floats = (of: typeof pruned) => toFloats({ ...tensor, bytes: of.get(tensor.id)! });
      expect(zerosIn(floats(fitted)), tensor.name).toEqual(zerosIn(floats(pruned)));
    }
    studio.close();
  });
});

function zerosIn(floats: Float32Array): number[] {
  return [...floats.entries()].flatMap(([i, value]) => (value === 0 ? [i] : []));
}
