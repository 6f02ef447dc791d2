/** What passes over weights work on. */
import type { Checkpoint } from '../../formats/format';
import type { Kernels } from '../../kernels/kernels';
import type { WeightSource } from '../reading/keptWeights';
import type { ScoreSources } from './scoreSources';

/** What every pass works on. */
export interface Measurable {
  readonly source: WeightSource;
  readonly checkpoint: Checkpoint;
  readonly kernels: Kernels;
  readonly beside: ScoreSources;
}

/** What passes over weights as they are need of it. */
export interface Weights {
  readonly source: WeightSource;
  readonly checkpoint: Pick<Checkpoint, 'byteOrder' | 'encoded'>;
  readonly kernels: Kernels;
}
