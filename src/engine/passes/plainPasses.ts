/** Passes over weights as they are, whose results merge: they can be spread over workers. */
import type { TensorStatistics } from '../../tensors/statistics';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { KeptWeights } from '../reading/keptWeights';
import type { Unit } from '../reading/units';
import type { Weights } from './measurable';
import { measure } from './measure';
import { type Bins, type RefinedBins, refine } from './refine';

export interface PlainPasses {
  /** @param kept takes what others read in this thread's stead; `weights.source` keeps what is read here */
  measure(
    weights: Weights,
    units: readonly Unit[],
    context: CallContext,
    kept?: KeptWeights,
  ): Promise<ReadonlyMap<TensorId, TensorStatistics>>;
  refine(weights: Weights, units: readonly Unit[], bins: Bins, context: CallContext): Promise<RefinedBins>;
}

/** In this thread alone. */
export const passesHere: PlainPasses = {
  measure: (weights, units, context) => measure(weights, units, context),
  refine,
};
