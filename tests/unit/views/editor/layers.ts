/** Layers and outcomes for the editor's tests: what is not said does not matter. */

import type { Criterion } from '../../../../src/pruning/criteria/criteria';
import type { Outcome, Placement } from '../../../../src/pruning/resolution';
import type { Layer } from '../../../../src/state/checkpointSlice';
import type { MeasuredLayer } from '../../../../src/state/reach';
import { binOf } from '../../../../src/tensors/bins';
import type { TensorStatistics } from '../../../../src/tensors/statistics';
import { usualAxes } from '../../../support/axes';

export function unmeasured(id: number, name: string): Layer {
  return {
    id,
    name,
    container: '',
    kind: 'integer',
    dtype: 'I64',
    shape: [],
    numel: 1,
    alsoNamed: [],
    prunable: false,
    byDefault: false,
    reason: 'i64: not floating point',
  };
}

export function measured(
  id: number,
  name: string,
  statistics: Partial<TensorStatistics>,
  layer: Partial<MeasuredLayer> = {},
): MeasuredLayer {
  const { reason: _, ...base } = unmeasured(id, name);
  return {
    ...base,
    ...usualAxes(layer.shape ?? []),
    kind: 'linear',
    prunable: true,
    byDefault: true,
    dtype: 'F32',
    statistics: {
      count: 0,
      zeros: 0,
      nan: 0,
      inf: 0,
      min: -1,
      max: 1,
      mean: 0,
      std: 1,
      histogram: { firstBin: 0, positive: new Uint32Array(0), negative: new Uint32Array(0) },
      ...statistics,
    },
    ...layer,
  };
}

/** @param threshold absent: nothing is pruned */
export function outcome(said: {
  readonly zeros: number;
  readonly threshold?: number;
  readonly criterion?: Criterion;
  readonly exact?: boolean;
}): Outcome {
  const { zeros, threshold, criterion = 'magnitude', exact = true } = said;
  const placement: Placement | undefined =
    threshold === undefined
      ? undefined
      : { kind: 'threshold', score: { criterion }, threshold, ties: Number.POSITIVE_INFINITY };
  return {
    rule: 0,
    program: placement ? [placement] : [],
    pruned: zeros,
    zeros,
    exact,
    ...(placement && { placement }),
  };
}

/** An f32 tensor of these weights, measured. */
export function weighing(weights: readonly number[]): MeasuredLayer {
  const finite = weights.filter(Number.isFinite).map(Math.fround);
  const bins = finite.map((weight) => binOf('F32', Math.abs(weight)));
  const firstBin = Math.min(...bins);
  const length = Math.max(...bins) - firstBin + 1;
  const [positive, negative] = [new Uint32Array(length), new Uint32Array(length)];
  finite.forEach((weight, i) => {
    (weight < 0 ? negative : positive)[bins[i]! - firstBin]!++;
  });
  const nan = weights.filter(Number.isNaN).length;
  return measured(0, 'weight', {
    count: weights.length,
    zeros: finite.filter((weight) => weight === 0).length,
    nan,
    inf: weights.length - finite.length - nan,
    min: Math.min(...finite),
    max: Math.max(...finite),
    histogram: { firstBin, positive, negative },
  });
}
