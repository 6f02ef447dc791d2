/** What repairs are fitted to: given to the evaluation where that has changed, and taken back where nothing comes of it. */
import type { InputSource } from '../evaluation/protocol';
import { throwIfCancelled } from '../lib/errors';
import type { EvaluationContext } from './evaluationContext';
import { type EvaluationState, ofInputs } from './evaluationState';
import { type CalibrationChoice, calibrationInUse, type RepairState, type UsedCalibration } from './repairState';
import { fetchSample } from './samples';

/** One seed, one share, on every machine. */
const seed = 1;

/** What the evaluation has, and for which inputs. */
export interface Calibrated {
  readonly key: readonly unknown[];
  readonly used: UsedCalibration;
  /** Of evaluation, before a share was taken out of its inputs; undefined where its inputs stayed the same. */
  readonly before?: EvaluationState;
}

/**
 * @param known what the evaluation has
 * @param evaluateNow of the recipe shown, where the inputs are others now
 * @returns `known` where it has that already
 * @throws CheckpointError whatever reading inputs throws, `cancelled`; all is as it was then
 */
export async function calibrate(
  context: EvaluationContext,
  repair: RepairState,
  known: Calibrated | undefined,
  evaluateNow: () => Promise<void>,
  signal: AbortSignal,
): Promise<Calibrated | undefined> {
  const { client, state, update } = context;
  const before = state();
  const choice = calibrationInUse(repair);
  const { samples } = repair.settings;
  if (!choice) return known;
  const key = [before.graph, before.source, choice.kind, choice.kind === 'own' && choice.source, samples];
  if (known && key.every((each, i) => each === known.key[i])) return known;
  const source =
    choice.kind === 'share'
      ? ({ kind: 'share', samples, seed } as const)
      : ({ kind: 'own', source: await sourceOf(choice, before, samples, signal), samples } as const);
  const { title, samples: fitted, judged, inputs } = await client.call('setCalibration', { source }, { signal });
  const given = choice.kind === 'share' ? judged + fitted : judged;
  const calibrated = { key, used: { title, samples: fitted, judged, given } };
  if (!inputs) return calibrated;
  update({ ...ofInputs, inputs });
  await evaluateNow();
  try {
    throwIfCancelled(signal);
  } catch (thrown) {
    takeBack(context, before);
    throw thrown;
  }
  return { ...calibrated, before };
}

async function sourceOf(
  choice: Exclude<CalibrationChoice, { kind: 'share' }>,
  { graph }: EvaluationState,
  samples: number,
  signal: AbortSignal,
): Promise<InputSource> {
  if (choice.kind === 'own') return choice.source;
  if (choice.kind === 'sample') return { kind: 'arrays', files: [await fetchSample(choice.file, signal)] };
  const sizes = graph?.dimensions ?? [];
  const dimensions = Object.fromEntries(sizes.map(({ name, size }, i) => [name, i === 0 ? samples : size]));
  return { kind: 'random', seed, dimensions };
}

/** All inputs are judged on again, and evaluation is as it was. What is asked of it from now on comes after. */
export function takeBack({ client, update }: EvaluationContext, before: EvaluationState): void {
  const { inputs, evaluation, stale, trail, layerDrift, sensitivity, tuning } = before;
  update({ inputs, evaluation, stale, trail, layerDrift, sensitivity, tuning });
  client.call('clearCalibration', {}).catch(() => {});
}
