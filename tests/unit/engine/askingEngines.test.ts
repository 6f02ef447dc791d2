/** What only asks the engine need not know where it runs: behind messages, or in the same thread. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/engine/callContext';
import { createEngine } from '../../../src/engine/engine';
import type { Engine } from '../../../src/engine/protocol';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { callsHere } from '../../../src/lib/calls/caller';
import { loadWasmKernels } from '../../support/kernels';
import { engineInThread } from '../../support/studio';
import { goldenBytes } from '../formats/safetensors/files';
import { recipeOf } from './patched';

const file = new File([goldenBytes('plain.safetensors')], 'plain.safetensors');

const engines: readonly [string, () => Engine][] = [
  ['behind messages', engineInThread],
  ['in this thread', () => callsHere(createEngine(loadWasmKernels()))],
];

/** Half of the weights by magnitude: what goes is looked up, shown and read. */
async function pruned(engine: Engine) {
  const stages: Progress['stage'][] = [];
  const opened = await engine.call('open', { files: [file] }, { progress: ({ stage }) => stages.push(stage) });
  const recipe = recipeOf({ amount: { sparsity: 0.5 } });
  const { outcomes } = await settle(recipe, candidatesOf(opened.layers), new AnswerCache(), (requests) =>
    engine.call('lookUp', { requests }),
  );
  const tensors = [...outcomes.keys()];
  const weights = await engine.call('weights', { outcomes, tensors });
  const zeros = tensors.map((tensor) => {
    const bytes = weights.get(tensor)!;
    const { numel } = opened.layers[tensor]!;
    const width = bytes.length / numel;
    const isZero = (_: unknown, i: number) => bytes.subarray(i * width, (i + 1) * width).every((byte) => byte === 0);
    return Array.from({ length: numel }, isZero).filter(Boolean).length;
  });
  const [tensor] = tensors;
  const picture = await engine.call('preview', {
    tensor: tensor!,
    outcome: outcomes.get(tensor!)!,
    rows: 4,
    columns: 4,
  });
  return { stages: [...new Set(stages)], outcomes, tensors, zeros, picture };
}

describe.each(engines)('an engine %s', (_, start) => {
  it('answers what is asked of it', async () => {
    const { stages, outcomes, tensors, zeros, picture } = await pruned(start());
    expect(tensors.length).toBeGreaterThan(0);
    expect(zeros).toEqual(tensors.map((tensor) => outcomes.get(tensor)!.zeros));
    expect(stages).toEqual(['reading structure', 'measuring']);
    expect(picture.kept.some((share) => share < 1)).toBe(true);
  });

  it('says what went wrong in the same words', async () => {
    const damaged = new File([goldenBytes('plain.safetensors').slice(0, 500)], 'damaged.safetensors');
    await expect(start().call('open', { files: [damaged] })).rejects.toMatchObject({
      name: 'CheckpointError',
      code: 'malformed-file',
    });
  });

  it('fetches what it left for later before there is a checkpoint', async () => {
    await expect(start().call('fetchRest', {})).resolves.toBeUndefined();
  });

  it('no longer keeps anyone waiting who has cancelled', async () => {
    const controller = new AbortController();
    const opening = start().call('open', { files: [file] }, { signal: controller.signal });
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('finds the same wherever it runs', async () => {
  const [behind, here] = await Promise.all(engines.map(([, start]) => pruned(start())));
  expect(behind).toEqual(here);
});
