/** A small measured checkpoint for reports, without a file. */

import type { Recipe, Rule } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import type { ReportedLayer, ReportSource } from '../../../src/reports/outcomeRows';
import { axesAt } from '../../../src/tensors/axes';
import type { TensorStatistics } from '../../../src/tensors/statistics';

const statistics: TensorStatistics = {
  count: 6,
  zeros: 1,
  nan: 0,
  inf: 0,
  min: 0,
  max: 1,
  mean: 0.5,
  std: 0.1,
  histogram: { firstBin: 0, positive: new Uint32Array(1), negative: new Uint32Array(1) },
};

export function layersNamed(names: readonly string[], container = ''): (ReportedLayer & Candidate)[] {
  return names.map((name, id) => ({
    id,
    name,
    container,
    aliases: [],
    kind: 'linear',
    dtype: 'F32',
    shape: [2, 3],
    axes: axesAt(0, 1),
    numel: 6,
    byDefault: true,
    statistics,
  }));
}

export function recipeOf(...rules: Rule[]): Recipe {
  return { format: 'secateur-recipe', version: 1, rules };
}

export const half: Rule = {
  criterion: 'magnitude',
  granularity: 'weight',
  scope: 'global',
  amount: { sparsity: 0.5 },
};

/** Each layer loses half of its weights to a threshold. */
export function reportOf(names: readonly string[]): ReportSource {
  const layers = layersNamed(names);
  const program = [
    { kind: 'threshold', score: { criterion: 'magnitude' }, threshold: 0.25, ties: Number.POSITIVE_INFINITY },
  ] as const;
  return {
    fileName: 'model.pth',
    format: 'PyTorch zip',
    size: 1000,
    prunedName: 'model-pruned.pth',
    can: { stateDict: 'torch.save', script: 'torch.save' },
    layers,
    recipe: recipeOf(half),
    outcomes: new Map(layers.map(({ id }) => [id, { rule: 0, program, pruned: 3, zeros: 3, exact: true }])),
  };
}
