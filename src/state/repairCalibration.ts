/** What repairs are fitted to: given to the evaluation where that has changed, and taken back. */
import type { InputSource } from '../evaluation/protocol';
import { CheckpointError } from '../lib/errors';
import { found } from '../lib/known';
import type { EvaluationContext } from './evaluationContext';
import { type EvaluationState, ofInputs } from './evaluationState';
import type { CalibrationChoice, RepairSettings, UsedCalibration } from './repairState';
import { calibrationSetOf } from './samples';

/** One seed, one share, on every machine. */
const seed = 1;

export interface GivenCalibration {
  readonly used: UsedCalibration;
  /** Of evaluation, before a share was taken out of its inputs; undefined where its inputs stayed the same. */
  readonly before?: EvaluationState;
}

/** @throws CheckpointError whatever reading inputs throws, `cancelled` */
export async function giveCalibration(
  { client, state, update, studio }: EvaluationContext,
  choice: CalibrationChoice,
  { samples }: RepairSettings,
  signal: AbortSignal,
): Promise<GivenCalibration> {
  const before = state();
  const source =
    choice.kind === 'share'
      ? ({ kind: 'share', samples, seed } as const)
      : ({ kind: 'own', source: await sourceOf(choice), samples } as const);
  const { title, samples: fitted, judged, inputs } = await client.call('setCalibration', { source }, { signal });
  const used = { title, samples: fitted, judged, given: choice.kind === 'share' ? judged + fitted : judged };
  if (!inputs) return { used };
  update({ ...ofInputs, inputs });
  return { used, before };

  async function sourceOf(chosen: CalibrationChoice): Promise<InputSource> {
    if (chosen.kind === 'own') return chosen.source;
    if (chosen.kind === 'sample') {
      const set = await calibrationSetOf(found(studio.sample, 'a sample'), signal);
      if (set) return { kind: 'arrays', files: [set] };
      throw new CheckpointError('internal', 'No calibration set comes with this model.');
    }
    const sizes = before.graph?.dimensions ?? [];
    const dimensions = Object.fromEntries(sizes.map(({ name, size }, i) => [name, i === 0 ? samples : size]));
    return { kind: 'random', seed, dimensions };
  }
}

/** All inputs are judged on again, as they were. */
export async function takeCalibrationBack(
  { client, update }: EvaluationContext,
  before: EvaluationState,
): Promise<void> {
  const { inputs, evaluation, stale, trail, layerDrift, sensitivity, tuning } = before;
  await client.call('clearCalibration', {});
  update({ inputs, evaluation, stale, trail, layerDrift, sensitivity, tuning });
}
