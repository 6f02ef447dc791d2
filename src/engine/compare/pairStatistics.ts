/** What is asked about a pair of tensors, and what is told of it. */
import type { TensorStatistics } from '../../tensors/statistics';
import type { PreviewRequest } from '../pictures/picture';
import type { PairOf, PairPart } from './pairSource';

export interface PairStatistics {
  readonly before?: TensorStatistics;
  readonly after?: TensorStatistics;
  /** Of after − before. */
  readonly difference?: TensorStatistics;
}

export type PairPictureRequest = Omit<PreviewRequest, 'tensor' | 'outcome'> & {
  readonly pair: PairOf;
  readonly part: PairPart;
};
