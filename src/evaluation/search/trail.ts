/** The trail: recipes that were evaluated on the same inputs, in the order of trying. */
import type { Trial } from './bench';

/** One evaluated recipe. */
export interface TrailPoint extends Omit<Trial, 'zeros'> {
  readonly id: number;
  /**
   * Who made the recipe. `global` is the one global magnitude threshold that auto-tune compares itself with; `repaired`: the
   * figures are of the recipe's repair.
   */
  readonly origin: 'edit' | 'auto-tune' | 'global' | 'repaired';
}
