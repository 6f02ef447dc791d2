/** Models whose weights are codes are run with zero points where weights went: held against ONNX Runtime itself (quantised_onnx.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { context, fileOf, openStudio } from './support';

const folder = join(import.meta.dirname, '../../golden/files/quantised');

interface Expected {
  readonly threshold: number;
  readonly tensors: Readonly<Record<string, unknown>>;
  readonly before: readonly number[];
  readonly after: readonly number[];
}
const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe.each(Object.keys(expected))('%s', (name) => {
  it('is evaluated with zero points where torch.nn.utils.prune has zeros', async () => {
    const { threshold, tensors, before, after } = expected[name]!;
    const file = fileOf(join(folder, name));
    const studio = await openStudio(file);
    await studio.evaluation.openGraph({ files: [file], isCheckpoint: true, tensors: studio.tensors }, context);
    const images = { kind: 'arrays', files: [fileOf(join(folder, 'images.npy'))] } as const;
    const { baseline } = await studio.evaluation.setInputs({ source: images }, context);
    expect(baseline).toMatchObject({ delivery: 'session', deliveryReason: expect.stringContaining('is quantised') });
    const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { threshold } } as const;
    const rules = [{ tensors: Object.keys(tensors), ...rule }];
    const outcomes = await studio.resolve({ format: 'secateur-recipe', version: 1, rules });
    const { outputs } = await studio.evaluation.evaluate({ outcomes }, context);
    const wanted = norm(after.map((value, i) => value - before[i]!)) / norm(before);
    // Runtimes for other processors round what they requantise in other places by a code.
    expect(Math.abs(outputs[0]!.relativeL2! - wanted)).toBeLessThan(0.03);
    const again = await studio.evaluation.evaluate({ outcomes: new Map() }, context);
    expect(again.outputs[0]!.relativeL2).toBe(0);
    studio.close();
  });
});
