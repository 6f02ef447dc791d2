/** Channels that give a constant whatever goes in, found by running the model with the weights at hand. */
import { type ConstantUnits, constantUnits, type Observed } from '../../graph/slim/constants';
import { throwIfCancelled } from '../../lib/errors';
import { floatOutputs } from '../comparison';
import { type Dataset, smallBatches } from '../inputs/dataset';
import type { Runnable } from '../running';
import type { ScoredUnits } from './analysedUnits';
import type { Analysis } from './analysis';
import { readBeside, withSession } from './running';

const samplesAtOnce = 2;
const samplesRun = 4;

/** @param bytes of the written model, with its masks @throws CheckpointError `evaluation-failed`, `cancelled`, `out-of-memory` */
export async function constantChannels(
  runnable: Runnable,
  { model, walk, units }: Analysis,
  { dead }: ScoredUnits,
  bytes: Uint8Array<ArrayBuffer>,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<ConstantUnits> {
  const left = units.units.filter((unit) => !dead.has(unit));
  const weightsOf = async (name: string) => model.numbersOf(bytes, name) ?? [];
  return constantUnits(walk, left, weightsOf, async (outputs) => {
    const masked = await readBeside(runnable, bytes);
    return withSession(
      runnable,
      masked,
      async (session) => {
        const runs: Observed[] = [];
        for (const batch of smallBatches(runnable.inputs, dataset, samplesAtOnce, samplesRun)) {
          throwIfCancelled(signal);
          runs.push(floatOutputs(await session.run(batch.feeds), batch));
        }
        return runs;
      },
      { outputs },
    );
  });
}
