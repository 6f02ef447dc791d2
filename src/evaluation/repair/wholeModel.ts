/** What a repair comes to: the model as a whole, and each layer's own output, pruned and repaired, against the original. */
import { throwIfCancelled } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { Turns } from '../../lib/turns';
import { Comparison, type FloatOutputs, floatOutputs, planComparison } from '../comparison';
import { sessionFiles } from '../graph/modelInMemory';
import type { Batch } from '../inputs/dataset';
import { DriftSums } from '../metrics/sums';
import { distortionOf } from '../quality';
import type { Runnable } from '../running';

/** Bytes of one model with different weights. */
export interface Versions {
  readonly pruned: Uint8Array<ArrayBuffer>;
  readonly repaired: Uint8Array<ArrayBuffer>;
}

/** Damage to the model's outputs: KL divergence, or the square of relative L2. */
export async function damageOf(
  runnable: Runnable,
  batches: readonly Batch[],
  versions: Versions,
  signal: AbortSignal,
): Promise<{ pruned: number; repaired: number }> {
  let sums: { pruned: Comparison; repaired: Comparison } | undefined;
  const names = runnable.outputs.map(({ name }) => name);
  await runAll(runnable, batches, versions, undefined, signal, (original, pruned, repaired, batch) => {
    if (!sums) {
      const plan = planComparison(names, original, batch);
      sums = { pruned: new Comparison(plan), repaired: new Comparison(plan) };
    }
    sums.pruned.add(original, pruned, batch);
    sums.repaired.add(original, repaired, batch);
  });
  const of = (sum: Comparison | undefined) => distortionOf({ outputs: sum?.result ?? [], milliseconds: 0 });
  return { pruned: of(sums?.pruned), repaired: of(sums?.repaired) };
}

/** Relative L2 of values within the model, by name. */
export async function driftsOf(
  runnable: Runnable,
  batches: readonly Batch[],
  versions: Versions,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, { before: number; after: number }>> {
  const sums = new Map(names.map((name) => [name, { before: new DriftSums(), after: new DriftSums() }]));
  await runAll(runnable, batches, versions, names, signal, (original, pruned, repaired) => {
    for (const [name, { before, after }] of sums) {
      const own = known(original, name).floats;
      before.add(own, known(pruned, name).floats);
      after.add(own, known(repaired, name).floats);
    }
  });
  return new Map(
    [...sums].map(([name, { before, after }]) => [name, { before: before.relativeL2, after: after.relativeL2 }]),
  );
}

async function runAll(
  { runtime, graph }: Runnable,
  batches: readonly Batch[],
  { pruned, repaired }: Versions,
  outputs: readonly string[] | undefined,
  signal: AbortSignal,
  take: (original: FloatOutputs, pruned: FloatOutputs, repaired: FloatOutputs, batch: Batch) => void,
): Promise<void> {
  const sessions: Awaited<ReturnType<typeof runtime.createSession>>[] = [];
  const turns = new Turns();
  try {
    for (const bytes of [graph.bytes, pruned, repaired]) {
      sessions.push(await runtime.createSession(...sessionFiles(graph, bytes, outputs && { outputs })));
    }
    for (const batch of batches) {
      const results: FloatOutputs[] = [];
      for (const session of sessions) {
        await turns.next();
        throwIfCancelled(signal);
        results.push(floatOutputs(await session.run(batch.feeds), batch));
      }
      take(at(results, 0), at(results, 1), at(results, 2), batch);
    }
  } finally {
    for (const session of sessions) await session.release();
  }
}
