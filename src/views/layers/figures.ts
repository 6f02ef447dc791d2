import type { Ranking } from '../../pruning/ranking';

/** What a row shows of its tensor's outcome, as flat as a shallow comparison needs it. */
export interface Figures {
  /** Whether some rule decides for it. */
  readonly included: boolean;
  readonly threshold?: number | undefined;
  /** Of what the threshold is compared with, where that is the weights themselves. */
  readonly ranking?: Ranking | undefined;
  /** What it is compared with, where that is not |w|; and what the threshold means. */
  readonly chip?: string | undefined;
  readonly meaning?: string | undefined;
  readonly zeros?: number | undefined;
  readonly exact?: boolean | undefined;
}
