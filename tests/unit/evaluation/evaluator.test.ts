import { afterEach, describe, expect, it, vi } from 'vitest';
import { Evaluator } from '../../../src/evaluation/evaluator';
import type { ModelInMemory } from '../../../src/evaluation/graph/modelInMemory';
import type { Dataset } from '../../../src/evaluation/inputs/dataset';
import type { Target } from '../../../src/evaluation/pairing';
import type { CheckpointTensor, Delivery, EvaluationProgress, Outcomes } from '../../../src/evaluation/protocol';
import type { Runnable } from '../../../src/evaluation/running';
import type { LoadedRuntime } from '../../../src/evaluation/runtime';
import { fromNumbers } from '../../../src/evaluation/values';
import { newModel } from '../../../src/formats/onnx/graphProto';
import { CheckpointError } from '../../../src/lib/errors';
import { concat, number, record } from '../formats/onnx/protobuf';
import { context } from './support';

const weightStart = 100;
const shape = [2];

/** A model with an empty graph, in whose bytes one weight, (1, 2), lies at a known place. */
function graphOf(): { graph: ModelInMemory; target: Target } {
  const docString = 6;
  const before = concat(number(1, 8), record(docString, new Uint8Array(weightStart + 8)));
  const emptyGraph = record(7, new Uint8Array(0));
  const bytes = new Uint8Array(concat(before, emptyGraph));
  new DataView(bytes.buffer).setFloat32(weightStart, 1, true);
  new DataView(bytes.buffer).setFloat32(weightStart + 4, 2, true);
  const place = {
    name: 'w',
    dtype: 'F32',
    shape,
    segments: [{ start: weightStart, end: weightStart + 8 }],
    initializer: true,
  } as const;
  const tensor: CheckpointTensor = {
    id: 0,
    name: 'w',
    container: '',
    kind: 'linear',
    dtype: 'F32',
    shape,
    prunable: true,
    byDefault: true,
  };
  const none = {
    name: '',
    domain: '',
    overload: '',
    inputs: [],
    outputs: [],
    initializers: [],
    sparseInitializers: [],
  };
  const end = bytes.length;
  const records = { graph: [{ record: { start: before.length, end }, message: { start: end, end } }], irVersion: [] };
  const operators = { ...newModel(), irVersion: 8, records, main: { ...none, nodes: [], valueInfos: [] } };
  const model = { start: 0, end: bytes.length };
  const graph = { fileName: 'm.onnx', bytes, model, takesMany: false, beside: [], tensors: [place], operators };
  return { graph, target: { tensor, graph: place, match: 'same file', transposed: false } };
}

/** A runtime that gives its weight back, and counts what is made, run and released. */
class CountingRuntime {
  created = 0;
  released = 0;
  runs = 0;
  /** Called before each run. */
  beforeRun = () => {};
  refuses: 'inputs' | undefined;

  readonly loaded: LoadedRuntime = {
    runtime: { backend: 'wasm', threads: 1, label: 'counting' },
    createSession: async (model) => {
      if (this.refuses === 'inputs' && model.length !== graphOf().graph.bytes.length) {
        throw new CheckpointError('evaluation-failed', 'not constant');
      }
      this.created++;
      const baked = model.slice(weightStart, weightStart + 8);
      return {
        inputs: [],
        outputs: [],
        run: async (feeds) => {
          this.runs++;
          this.beforeRun();
          const weight = feeds.get('w') ?? { dtype: 'F32', shape, bytes: baked };
          return new Map([['y', { ...weight, shape: [1, 2] }]]);
        },
        release: async () => {
          this.released++;
        },
      };
    },
  };
}

const dataset: Dataset = {
  title: 'three batches',
  samples: 3,
  batches: [1, 2, 3].map((value) => ({ feeds: new Map([['x', fromNumbers('F32', [1], [value])]]), samples: 1 })),
  labelled: false,
  remarks: [],
};

const prunedTo = (...weights: number[]) => new Map([[0, weights]]) as unknown as Outcomes;

async function start(delivery: Delivery | undefined, runtime = new CountingRuntime()) {
  const { graph, target } = graphOf();
  const fetched: number[][] = [];
  const runnable: Runnable = {
    runtime: runtime.loaded,
    graph,
    targets: [target],
    inputs: [],
    outputs: [{ name: 'y', dtype: 'F32' }],
    fetch: async (outcomes, tensors) => {
      fetched.push([...tensors]);
      return new Map(tensors.map((id) => [id, fromNumbers('F32', shape, outcomes.get(id) as never).bytes]));
    },
  };
  const evaluator = await Evaluator.start(runnable, dataset, context, delivery);
  return { evaluator, runtime, fetched };
}

describe.each<Delivery>(['inputs', 'session'])('an evaluation with weights as %s', (delivery) => {
  it('runs with the weights as the outcomes leave them', async () => {
    const { evaluator } = await start(delivery);
    const { outputs } = await evaluator.evaluate(prunedTo(0, 2), context);
    expect(outputs[0]!.relativeL2).toBeCloseTo(1 / Math.sqrt(5), 12);
    const back = await evaluator.evaluate(new Map(), context);
    expect(back.outputs[0]!.relativeL2).toBe(0);
  });

  it('fetches only what changed', async () => {
    const { evaluator, fetched } = await start(delivery);
    await evaluator.evaluate(prunedTo(0, 2), context);
    await evaluator.evaluate(prunedTo(0, 2), context);
    await evaluator.evaluate(prunedTo(0, 0), context);
    await evaluator.evaluate(new Map(), context);
    expect(fetched).toEqual([[0], [0]]);
  });

  it('leaves nothing behind, however often it is done', async () => {
    const { evaluator, runtime } = await start(delivery);
    for (let i = 0; i < 100; i++) await evaluator.evaluate(prunedTo(i, 2), context);
    expect(runtime.created - runtime.released).toBe(delivery === 'inputs' ? 1 : 0);
    await evaluator.release();
    expect(runtime.created).toBe(runtime.released);
  });

  it('stops between batches when it is cancelled, and can go on after', async () => {
    const { evaluator, runtime } = await start(delivery);
    const controller = new AbortController();
    const before = runtime.runs;
    runtime.beforeRun = () => controller.abort();
    const cancelled = evaluator.evaluate(prunedTo(0, 2), { ...context, signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(runtime.runs - before).toBe(1);
    runtime.beforeRun = () => {};
    const { outputs } = await evaluator.evaluate(prunedTo(0, 0), context);
    expect(outputs[0]!.relativeL2).toBe(1);
    await evaluator.release();
    expect(runtime.created).toBe(runtime.released);
  });
});

describe('the way of giving weights', () => {
  it('is measured, and the slower one given back', async () => {
    const { evaluator, runtime } = await start(undefined);
    expect(evaluator.baseline.deliveryReason).toMatch(/^\d+ ms against \d+ ms /);
    await evaluator.release();
    expect(runtime.created).toBe(runtime.released);
  });

  it('is a session each where the graph wants its weights to be constants', async () => {
    const runtime = new CountingRuntime();
    runtime.refuses = 'inputs';
    const { evaluator } = await start(undefined, runtime);
    expect(evaluator.baseline).toMatchObject({ delivery: 'session' });
    const { outputs } = await evaluator.evaluate(prunedTo(1, 0), context);
    expect(outputs[0]!.cosine).toBeCloseTo(1 / Math.sqrt(5), 12);
  });
});

describe('an evaluation that takes a while', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Three batches, each of which takes 50 ms. */
  async function slowly() {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const runtime = new CountingRuntime();
    runtime.beforeRun = () => {
      now += 50;
    };
    return start('inputs', runtime);
  }

  it('says what the first samples come to, the same ones every time, and then of all', async () => {
    const { evaluator } = await slowly();
    for (const weights of [
      [0, 2],
      [1, 0],
    ]) {
      const said: EvaluationProgress[] = [];
      const all = await evaluator.evaluate(prunedTo(...weights), { ...context, progress: (each) => said.push(each) });
      expect(said.map(({ done, total }) => [done, total])).toEqual([
        [1, 3],
        [2, 3],
      ]);
      for (const { partial } of said) {
        expect(partial!.evaluation.outputs[0]!.relativeL2).toBeCloseTo(all.outputs[0]!.relativeL2!, 12);
      }
    }
  });

  it('lets a change in after the batch that it is at', async () => {
    const { evaluator, runtime } = await slowly();
    const controller = new AbortController();
    const before = runtime.runs;
    const progress = () => controller.abort();
    const cancelled = evaluator.evaluate(prunedTo(0, 2), { signal: controller.signal, progress });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(runtime.runs - before).toBe(1);
  });
});
