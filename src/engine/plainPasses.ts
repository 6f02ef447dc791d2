/** Passes over weights as they are, whose results merge: they can be spread over workers. */
import type { TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import { measure, type Weights } from './measure';
import type { CallContext } from './protocol';
import { type Bins, type RefinedBins, refine } from './refine';
import type { Unit } from './units';

export interface PlainPasses {
  measure(
    weights: Weights,
    units: readonly Unit[],
    context: CallContext,
  ): Promise<ReadonlyMap<TensorId, TensorStatistics>>;
  refine(weights: Weights, units: readonly Unit[], bins: Bins, context: CallContext): Promise<RefinedBins>;
}

/** In this thread alone. */
export const passesHere: PlainPasses = { measure, refine };
