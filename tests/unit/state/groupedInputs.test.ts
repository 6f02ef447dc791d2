import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileOf, studioInThread } from '../../support/studio';

const grouped = join(import.meta.dirname, '../../golden/files/evaluation/grouped.onnx');

it('grouped, depthwise and transposed convolutions are pruned by what goes into them, too', async () => {
  const studio = studioInThread();
  await studio.getState().openFiles([fileOf(grouped)]);
  await studio.getState().evaluateCheckpoint();
  await studio.getState().collectActivationNorms();
  const { candidates } = studio.getState();
  expect(candidates.filter(({ activations }) => activations).map(({ name }) => name)).toEqual([
    'stem.weight',
    'grouped.weight',
    'depthwise.weight',
    'pointwise.weight',
    'up.weight',
  ]);
  studio.getState().closeEvaluation();
});
