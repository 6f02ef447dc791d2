/** Portions measured by several workers, all of them in this thread, give what one pass gives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallContext, Progress } from '../../../../src/engine/callContext';
import type { Weights } from '../../../../src/engine/passes/measurable';
import { measure } from '../../../../src/engine/passes/measure';
import { passesHere } from '../../../../src/engine/passes/plainPasses';
import { joinStatistics } from '../../../../src/engine/pool/join';
import { type Portion, planPortions } from '../../../../src/engine/pool/planPortions';
import { type PortionWorker, runPortions } from '../../../../src/engine/pool/runPortions';
import { layersOf, type Unit, unitsOf } from '../../../../src/engine/reading/units';
import { sessionOf } from '../../../../src/engine/session';
import { CheckpointError } from '../../../../src/lib/errors';
import { memorySource } from '../../../../src/lib/source';
import type { TensorStatistics } from '../../../../src/tensors/statistics';
import { expectClose, expectSame } from '../../../support/expectSame';
import { loadWasmKernels } from '../../../support/kernels';
import { bytesOf, weights } from '../../kernels/support';
import { storedAnyhow } from '../cases';
import { checkpointOf, context, type InMemory, openInMemory, type Stored } from '../sessions';

const kernels = loadWasmKernels();

type Measuring = PortionWorker<ReadonlyMap<number, TensorStatistics>>;

/** A worker that measures in this thread, after `before` had its say. */
function worker(
  { file, checkpoint }: InMemory,
  before: (portion: Portion) => Promise<void> | void = () => {},
): Measuring {
  return {
    prepare: async () => {},
    async run(portion, own) {
      await before(portion);
      return measure({ source: memorySource(file), checkpoint, kernels }, portion.units, own);
    },
  };
}

function linear(name: string, count: number, seed = 1): Stored {
  return { name, dtype: 'F32', shape: [count, 1], bytes: bytesOf('F32', weights(count, seed)) };
}

const layers = checkpointOf([linear('a.weight', 100), linear('b.weight', 1000, 2), linear('c.weight', 50, 3)]);
const portions = planPortions(unitsOf(layers.checkpoint, layersOf(layers.checkpoint)), 400);

function crash(): never {
  throw new CheckpointError('worker-crashed', 'Out of memory.');
}

/** Integers, extremes and bins to the last bit, moments but for rounding (where squares do not overflow f64). */
function expectSameFigures(found: TensorStatistics, expected: TensorStatistics): void {
  const { mean, std, ...exact } = found;
  const { mean: expectedMean, std: expectedStd, ...expectedExact } = expected;
  expectSame(exact, expectedExact, 'statistics');
  const largest = Math.max(Math.abs(exact.min), Math.abs(exact.max));
  if (largest > 1e150) return;
  expectClose(mean, expectedMean, 1e-12 * largest, 'mean');
  expectClose(std, expectedStd, 1e-9 * expectedStd + 1e-12 * largest, 'std');
}

describe('runPortions', () => {
  it('finds what one pass over everything finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(storedAnyhow, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('little' as const, 'big' as const),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (some, byteOrder, eights, workers) => {
          const inMemory = checkpointOf(
            some.map((one, i) => ({ ...one, name: `${i}.weight` })),
            byteOrder,
          );
          const whole = await openInMemory(inMemory, kernels);
          const source = memorySource(inMemory.file);
          const passes = {
            ...passesHere,
            measure: async (_: Weights, units: readonly Unit[], own: CallContext) => {
              const all = Array.from({ length: workers }, () => worker(inMemory));
              return joinStatistics(await runPortions(planPortions(units, eights * 8), all, own));
            },
          };
          const inParts = await sessionOf(source, inMemory.checkpoint, kernels, context, { passes });
          whole.opened.layers.forEach(({ statistics }, i) => {
            const found = inParts.opened.layers[i]!.statistics;
            if (statistics) expectSameFigures(found!, statistics);
            else expect(found).toBeUndefined();
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('hands out the largest first, and merges in the order of elements whichever is done first', async () => {
    const taken: string[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    // The first portion waits until all others are done.
    const slow = worker(layers, async ({ units }) => {
      taken.push(units[0]!.name);
      if (taken.length === 1) await gate;
    });
    const quick = worker(layers, ({ units }) => {
      taken.push(units[0]!.name);
      if (taken.length === portions.length) open();
    });
    const found = await runPortions(portions, [slow, quick], context);
    const sizes = portions.map(({ byteLength }) => byteLength);
    expect(sizes).toEqual([400, ...new Array(10).fill(400), 200]);
    expect(taken).toEqual(['a.weight', ...new Array(10).fill('b.weight'), 'c.weight']);
    expect(found).toEqual(await runPortions(portions, [worker(layers)], context));
  });

  it('adds progress up over workers', async () => {
    const seen: Progress[] = [];
    await runPortions(portions, [worker(layers), worker(layers)], { ...context, progress: (one) => seen.push(one) });
    const total = 4 * 1150;
    expect(seen.at(-1)).toMatchObject({ stage: 'measuring', done: total, total, tensorsDone: 3, tensorsTotal: 3 });
    expect(seen.every(({ done }, i) => i === 0 || done >= seen[i - 1]!.done)).toBe(true);
  });

  it('has a portion redone when its worker crashed', async () => {
    let crashes = 0;
    const shaky = worker(layers, ({ units }) => {
      if (units[0]!.name === 'b.weight' && crashes++ === 0) crash();
    });
    const expected = await runPortions(portions, [worker(layers)], context);
    expect(await runPortions(portions, [shaky], context)).toEqual(expected);
    expect(crashes).toBeGreaterThan(1);
  });

  it('does without a worker that cannot be started', async () => {
    const unstartable: Measuring = {
      prepare: () => new Promise(() => {}),
      run: async () => crash(),
    };
    const expected = await runPortions(portions, [worker(layers)], context);
    expect(await runPortions(portions, [unstartable, worker(layers)], context)).toEqual(expected);
  });

  it('has a portion redone that comes back after all others are done, by a worker that cannot be replaced', async () => {
    let fail = () => {};
    const failing = new Promise<void>((resolve) => {
      fail = resolve;
    });
    let isAlive = true;
    const dying: Measuring = {
      prepare: () => (isAlive ? Promise.resolve() : new Promise(() => {})),
      async run() {
        await failing;
        isAlive = false;
        return crash();
      },
    };
    let done = 0;
    const here = worker(layers, () => {
      if (++done === portions.length - 1) queueMicrotask(fail);
    });
    const expected = await runPortions(portions, [worker(layers)], context);
    expect(await runPortions(portions, [dying, here], context)).toEqual(expected);
    expect(done).toBe(portions.length);
  });

  it('gives up when a portion crashes a second worker', async () => {
    const shaky = () => worker(layers, ({ units }) => (units[0]!.name === 'c.weight' ? crash() : undefined));
    await expect(runPortions(portions, [shaky(), shaky()], context)).rejects.toMatchObject({ code: 'worker-crashed' });
  });

  it('stops all workers when one fails, and says why', async () => {
    const signals: AbortSignal[] = [];
    const failing = worker(layers, () => {
      throw new CheckpointError('file-unreadable', 'Gone.');
    });
    const waiting: Measuring = {
      prepare: async () => {},
      run: (_, { signal }) => {
        signals.push(signal);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new CheckpointError('cancelled', 'Cancelled.')));
        });
      },
    };
    await expect(runPortions(portions, [waiting, failing], context)).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    let measured = 0;
    const one = () =>
      worker(layers, () => {
        if (++measured === 3) controller.abort();
      });
    await expect(
      runPortions(portions, [one(), one()], { ...context, signal: controller.signal }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(measured).toBeLessThan(portions.length);
  });
});
