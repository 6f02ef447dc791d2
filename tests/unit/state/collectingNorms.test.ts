import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileOf, sampleFile, studioInThread } from '../../support/studio';

const grouped = join(import.meta.dirname, '../../golden/files/evaluation/grouped.onnx');

describe('collecting the norms of inputs', () => {
  let studio: ReturnType<typeof studioInThread>;
  const open = async (file: File) => {
    studio = studioInThread();
    await studio.getState().openFiles([file]);
    await studio.getState().evaluateCheckpoint();
  };
  const layers = () =>
    studio
      .getState()
      .candidates.filter(({ inputNorms }) => inputNorms)
      .map(({ name }) => name);
  afterEach(() => studio.getState().closeEvaluation());

  it('lets grouped, depthwise and transposed convolutions be pruned by them, too', async () => {
    await open(fileOf(grouped));
    await studio.getState().collectInputs('norms');
    expect(layers()).toEqual(['stem.weight', 'grouped.weight', 'depthwise.weight', 'pointwise.weight', 'up.weight']);
  });

  it('says how far it is, and leaves none when it is cancelled', async () => {
    await open(sampleFile('digits-cnn.onnx'));
    const source = { kind: 'random', seed: 1, dimensions: { batch: 64 } } as const;
    await studio.getState().setInputs(source);
    const said: unknown[] = [];
    const stop = studio.subscribe(({ evaluation: { status } }) => {
      if (status.kind !== 'loading' || status.total === 0) return;
      said.push(status);
      studio.getState().cancelEvaluation();
    });
    await studio.getState().collectInputs('norms');
    stop();
    expect(said).toEqual([{ kind: 'loading', stage: 'collecting input norms', done: 0, total: 64 }]);
    expect(studio.getState().evaluation).toMatchObject({ status: { kind: 'ready' } });
    expect(studio.getState().inputNorms.size).toBe(0);
    expect(layers()).toEqual([]);
  });
});
