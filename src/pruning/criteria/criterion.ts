/** What a criterion is: all that is known of one by its name stands in its record, and nowhere else. */

import type { Ranking } from '../ranking';

/** What scores are made of beside the weights. */
export type Need = 'seed' | 'reference' | InputNeed;

/** What is found out about a layer's inputs by running the model: their norms, one a channel, or their moments, one factor a column. */
export type InputNeed = 'norms' | 'moments';

/** How the scores of single weights come about: the arithmetic that the kernels have. */
export type Arithmetic =
  /** The weights themselves. */
  | { readonly kind: 'weights'; readonly ranking: Ranking }
  /** Draws, uniform in [0, 1), made of seed, name and index. */
  | { readonly kind: 'draws' }
  /** |w| - |w in the reference checkpoint|. */
  | { readonly kind: 'increases' }
  /** |w| times a factor of the input that it multiplies. */
  | {
      readonly kind: 'products';
      /** What is known of the inputs: a number for each channel (`norms`), or for each place of its kernel, too (`moments`). */
      readonly of: InputNeed;
      factors(known: Float32Array): Float32Array;
    }
  /** |w| over the root mean square of the weights of its output. */
  | { readonly kind: 'relative' };

export interface CriterionRecord<Name extends string = string> {
  /** In recipes, unless `written` says it otherwise. */
  readonly name: Name;
  /** How a rule says it, where it is a variant of another criterion. */
  readonly written?: { readonly criterion: string; readonly relative: 'output' };
  readonly arithmetic: Arithmetic;
  /** The score of a single weight, before `≤ threshold`: `|w|`. */
  readonly symbol: string;
  /** Many scores, above a histogram: `Magnitudes`. */
  readonly title: string;
  /** As short as a chip in the table; absent where it needs no saying. */
  readonly chip?: string;
  /** In the list of choices. */
  readonly label: string;
  /** One sentence, with the name that papers and torch.nn.utils.prune have for it. */
  readonly help: string;
  /** `<description> of single weights, each layer for itself`, in reports. ASCII. */
  readonly description: string;
  readonly groups: GroupWords | SingleOnly;
  readonly python: PythonScores;
}

/** Of groups of weights, which are scored by the norms of their scores, or drawn themselves. */
export interface GroupWords {
  /** The score of a group. @param norm `L2` */
  symbol(norm: string): string;
  title(norm: string): string;
  /** Where another sentence than that of single weights fits. */
  readonly help?: string;
}

/** It ranks single weights, and no groups. */
export interface SingleOnly {
  /** `signed ranks single weights, but the granularity is groups<because>`. */
  readonly because: string;
}

/** How the script says it. Parts are files of reports/python/parts. */
export interface PythonScores {
  readonly parts: readonly string[];
  /** An expression for the scores of all single weights of `layers[name]`. */
  scores(of: PythonTensor): string;
}

/** What expressions in the script may name beside `name`, `layers`, `reference` and `norms`. */
export interface PythonTensor {
  readonly seed: number;
  /** The dimension that counts outputs, and the one that counts inputs. */
  readonly outputs: string;
  readonly inputs: string;
  /** The axes whose indices together are a row: one output. */
  readonly rows: string;
}

/** What follows from the arithmetic. */
export interface ArithmeticFacts {
  readonly need?: Need;
  /** Which axes of the tensor scores depend on: those of plain outputs and inputs, or those that make its rows. */
  readonly axes?: 'plain' | 'rows';
  /** Scores are in it; absent: in the dtype of the tensor, in which torch computes them. */
  readonly dtype?: 'F32';
  /** Whether a finite weight has a finite score. */
  readonly isFinite: boolean;
  /** Whether scores lie on both sides of zero. */
  readonly isSigned: boolean;
  /** Whether their standard deviation tells anything. */
  readonly hasDeviation: boolean;
  /** What groups are scored by: the norm of their weights, that of the scores of these, or a draw of their own. */
  readonly ofGroups: 'weights' | 'scores' | 'draws';
}

export const arithmetics: Readonly<Record<Arithmetic['kind'], ArithmeticFacts>> = {
  weights: { isFinite: true, isSigned: true, hasDeviation: true, ofGroups: 'weights' },
  draws: { need: 'seed', dtype: 'F32', isFinite: true, isSigned: false, hasDeviation: false, ofGroups: 'draws' },
  increases: { need: 'reference', isFinite: false, isSigned: true, hasDeviation: true, ofGroups: 'scores' },
  products: {
    axes: 'plain',
    dtype: 'F32',
    isFinite: false,
    isSigned: false,
    hasDeviation: true,
    ofGroups: 'scores',
  },
  relative: { axes: 'rows', dtype: 'F32', isFinite: false, isSigned: false, hasDeviation: true, ofGroups: 'scores' },
};
