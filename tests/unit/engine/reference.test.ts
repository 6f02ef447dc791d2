/** Reference checkpoints and norms of inputs, through the engine and real files. */
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../src/engine/worker/engine';
import type { Answer } from '../../../src/pruning/resolution';
import { axesAt } from '../../../src/tensors/axes';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf } from '../kernels/support';
import { context } from './sessions';

interface Tensor {
  readonly dtype: 'F32' | 'BF16';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

function safetensors(name: string, tensors: Readonly<Record<string, Tensor>>): File {
  let end = 0;
  const parts = Object.values(tensors).map(({ dtype, values }) => new Uint8Array(bytesOf(dtype, values)));
  const header = Object.fromEntries(
    Object.entries(tensors).map(([key, { dtype, shape }], i) => {
      const start = end;
      end += parts[i]!.length;
      return [key, { dtype, shape, data_offsets: [start, end] }];
    }),
  );
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return new File([length, json, ...parts], name);
}

const values = (count: number, scale: number) => Array.from({ length: count }, (_, i) => (i - 3) * scale);
const now = safetensors('now.safetensors', {
  'a_proj.weight': { dtype: 'F32', shape: [2, 3], values: values(6, 0.5) },
  'b_proj.weight': { dtype: 'BF16', shape: [2, 2], values: values(4, 1) },
  'c_proj.weight': { dtype: 'F32', shape: [1, 4], values: values(4, 1) },
  'd_proj.weight': { dtype: 'F32', shape: [1, 4], values: values(4, 1) },
});
const earlier = safetensors('earlier.safetensors', {
  'd_proj.weight': { dtype: 'F32', shape: [4, 1], values: values(4, 1) },
  'a_proj.weight': { dtype: 'F32', shape: [2, 3], values: values(6, 0.25) },
  'b_proj.weight': { dtype: 'F32', shape: [2, 2], values: values(4, 1) },
});

async function opened() {
  const engine = createEngine(loadWasmKernels());
  await engine.open({ files: [now] }, context);
  return engine;
}

const increase = { criterion: 'magnitude_increase' } as const;
const activation = { criterion: 'activation', axes: axesAt(0, 1) } as const;
const scoresOf = (tensor: number, score: typeof increase | typeof activation) => ({
  requests: [{ kind: 'scores' as const, tensor, score, after: [] }],
});

describe('a reference checkpoint', () => {
  it('is matched by name, shape and dtype', async () => {
    const engine = await opened();
    const report = await engine.openReference({ files: [earlier] }, context);
    expect(report).toEqual({ fileName: 'earlier.safetensors', matched: [0], missing: [1, 2, 3] });
  });

  it('gives the scores of what grew and what shrank', async () => {
    const engine = await opened();
    await engine.openReference({ files: [earlier] }, context);
    const [statistics] = (await engine.lookUp(scoresOf(0, increase), context)) as readonly Answer[];
    // Half of it is new: |w| - |w| / 2.
    expect(statistics).toMatchObject({ count: 6, min: 0, max: 0.75, zeros: 1 });
    await expect(engine.lookUp(scoresOf(2, increase), context)).rejects.toMatchObject({ code: 'unsupported-feature' });
  });

  it('is asked for where there is none, and goes with the checkpoint it was opened beside', async () => {
    const engine = await opened();
    await expect(engine.lookUp(scoresOf(0, increase), context)).rejects.toMatchObject({
      code: 'unsupported-feature',
      context: { tensor: 'a_proj.weight' },
    });
    await engine.openReference({ files: [earlier] }, context);
    await engine.open({ files: [now] }, context);
    await expect(engine.lookUp(scoresOf(0, increase), context)).rejects.toMatchObject({ code: 'unsupported-feature' });
  });

  it('that cannot be opened leaves the one before', async () => {
    const engine = await opened();
    await engine.openReference({ files: [earlier] }, context);
    const broken = new File(['nothing like a checkpoint'], 'broken.pth');
    await expect(engine.openReference({ files: [broken] }, context)).rejects.toMatchObject({ name: 'CheckpointError' });
    await expect(engine.lookUp(scoresOf(0, increase), context)).resolves.toHaveLength(1);
  });
});

describe('norms of inputs', () => {
  it('weigh the magnitudes along the inputs', async () => {
    const engine = await opened();
    await engine.setInputNorms({ norms: new Map([[0, Float32Array.of(0, 10, 1)]]) }, context);
    const [statistics] = await engine.lookUp(scoresOf(0, activation), context);
    // -1.5 * 0, -1 * 10, -0.5 * 1, 0 * 0, 0.5 * 10, 1 * 1
    expect(statistics as TensorStatistics).toMatchObject({ count: 6, zeros: 2, min: 0, max: 10 });
  });

  it.each([
    ['too few', Float32Array.of(1, 2)],
    ['negative', Float32Array.of(1, 2, -1)],
    ['not finite', Float32Array.of(1, 2, Number.NaN)],
  ])('are refused that are %s', async (_, norms) => {
    const engine = await opened();
    await expect(engine.setInputNorms({ norms: new Map([[0, norms]]) }, context)).rejects.toMatchObject({
      code: 'unsupported-feature',
      context: { tensor: 'a_proj.weight' },
    });
  });

  it('are asked for where there are none', async () => {
    const engine = await opened();
    await expect(engine.lookUp(scoresOf(0, activation), context)).rejects.toMatchObject({
      code: 'unsupported-feature',
    });
  });
});

it('a look at the weights can be cancelled', async () => {
  const engine = await opened();
  await engine.openReference({ files: [earlier] }, context);
  const cancelled = { ...context, signal: AbortSignal.abort() };
  await expect(engine.lookUp(scoresOf(0, increase), cancelled)).rejects.toMatchObject({ code: 'cancelled' });
});

describe('files beside the open checkpoint', () => {
  it('are compared by names and shapes, and nothing of what is open changes', async () => {
    const engine = await opened();
    // Of four weights all have one of their shape there, a transposed one too; only `a_proj.weight` is the same tensor.
    const exported = safetensors('exported.safetensors', {
      'a_proj.weight': { dtype: 'F32', shape: [2, 3], values: values(6, 1) },
      MatMul_1: { dtype: 'F32', shape: [2, 2], values: values(4, 1) },
      MatMul_2: { dtype: 'F32', shape: [4, 1], values: values(4, 1) },
    });
    expect(await engine.compare({ files: [exported] }, context)).toEqual({
      fileName: 'exported.safetensors',
      graph: false,
      weights: 4,
      ofSameShape: 3,
      ofSameName: 1,
    });
    await expect(engine.compare({ files: [new File(['hello'], 'notes.txt')] }, context)).rejects.toMatchObject({
      code: 'unrecognised-file',
    });
  });
});
