/** Sensitivity: every layer pruned alone, step by step up a ladder of sparsities. */

import { metricValue } from '../evaluation/quality';
import { csvText } from '../lib/csv';
import type { Candidate } from '../pruning/resolution';
import type { MetricId, Sensitivity, SensitivityCurve } from './evaluation';
import type { EvaluationContext } from './evaluationContext';
import { layersIn, recipePerLayer } from './layerRecipes';

export const defaultLadder: readonly number[] = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];

/** Whether the curves are those of these layers, complete. */
export function isComplete(sensitivity: Sensitivity | null, layers: readonly Candidate[]): sensitivity is Sensitivity {
  return (
    sensitivity?.state === 'finished' &&
    sensitivity.curves.length === layers.length &&
    sensitivity.curves.every(({ tensor }, i) => tensor === layers[i]!.id)
  );
}

/**
 * Fills `state.sensitivity` cell by cell; what is done stays when it is cancelled or fails.
 * @throws CheckpointError whatever an evaluation throws, `cancelled`
 */
export async function runSensitivity(
  { studio, state, update, run }: EvaluationContext,
  ladder: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const { recipe } = studio.get();
  const layers = layersIn(recipe, studio.candidates);
  const steps = [...new Set(ladder)].filter((sparsity) => sparsity > 0 && sparsity <= 1).sort((a, b) => a - b);
  const total = layers.length * steps.length;
  const started = performance.now();
  const empty = layers.map(({ id, name, statistics }): SensitivityCurve => {
    return { tensor: id, name, weights: statistics.count, cells: [] };
  });
  update({
    sensitivity: { ladder: steps, curves: empty, done: 0, total, millisecondsLeft: 0, state: 'running' },
  });
  const change = (partial: Partial<Sensitivity>) => {
    const { sensitivity } = state();
    if (sensitivity) update({ sensitivity: { ...sensitivity, ...partial } });
  };
  try {
    let done = 0;
    for (const [at, layer] of layers.entries()) {
      for (const sparsity of steps) {
        const { evaluation } = await run(recipePerLayer(recipe, [layer], [sparsity]), signal);
        done++;
        const elapsed = performance.now() - started;
        const curves = state().sensitivity!.curves.map((curve, i) =>
          i === at ? { ...curve, cells: [...curve.cells, { tensor: layer.id, sparsity, evaluation }] } : curve,
        );
        change({ curves, done, millisecondsLeft: (elapsed / done) * (total - done) });
      }
    }
    change({ state: 'finished', millisecondsLeft: 0 });
  } catch (error) {
    change({ state: 'cancelled', millisecondsLeft: 0 });
    throw error;
  }
}

/** One line a cell: layer, weights, sparsity, and the metrics given. */
export function sensitivityCsv(sensitivity: Sensitivity | null, metrics: readonly MetricId[]): string {
  const lines = (sensitivity?.curves ?? []).flatMap(({ name, weights, cells }) =>
    cells.map(({ sparsity, evaluation }) => [
      name,
      weights,
      sparsity,
      ...metrics.map((id) => metricValue(evaluation, id) ?? ''),
    ]),
  );
  return csvText([['layer', 'weights', 'sparsity', ...metrics], ...lines]);
}
