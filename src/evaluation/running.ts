/** A graph that is ready to be run, and running it batch by batch. */
import type { CallContextOf } from '../lib/calls/protocol';
import { throwIfCancelled } from '../lib/errors';
import { Turns } from '../lib/turns';
import { type FloatOutputs, floatOutputs } from './comparison';
import type { ModelInMemory } from './graph/modelInMemory';
import type { Batch } from './inputs/dataset';
import type { Target } from './pairing';
import type { EvaluationProgress, GraphValue } from './protocol';
import type { LoadedRuntime, ModelSession } from './runtime';
import type { NamedValues } from './values';
import type { FetchWeights } from './weights';

export type EvaluationContext = CallContextOf<EvaluationProgress>;

/** A graph that is ready to be run. */
export interface Runnable {
  readonly runtime: LoadedRuntime;
  readonly graph: ModelInMemory;
  readonly targets: readonly Target[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly fetch: FetchWeights;
}

/** Runs every batch; between them the worker looks at its messages, so that it can be cancelled. */
export async function runBatches(
  session: ModelSession,
  weights: NamedValues,
  batches: readonly Batch[],
  { signal, progress }: EvaluationContext,
  take: (outputs: FloatOutputs, batch: Batch, index: number) => void,
): Promise<void> {
  const total = batches.reduce((sum, { samples }) => sum + samples, 0);
  const turns = new Turns();
  let done = 0;
  for (const [i, batch] of batches.entries()) {
    await turns.next();
    throwIfCancelled(signal);
    progress({ stage: 'running', done, total });
    take(floatOutputs(await session.run(new Map([...batch.feeds, ...weights])), batch), batch, i);
    done += batch.samples;
  }
  throwIfCancelled(signal);
  progress({ stage: 'running', done, total });
}
