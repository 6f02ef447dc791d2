/** The recipe: a small versioned JSON document, `pruned file = apply(recipe, checkpoint)`. */
import type { LayerKind } from '../tensors/tensor';

/**
 * What makes a weight (or a group of weights) worth keeping; the lowest scores go first.
 * `magnitude` |w| (of groups: their norm), `signed` w, `random` a seeded draw, `magnitude_increase` |w| - |w in the
 * reference checkpoint| (Zhou et al. 2019), `activation` |w| * norm of the input it multiplies (Wanda, Sun et al. 2023).
 */
export type Criterion = 'magnitude' | 'signed' | 'random' | 'magnitude_increase' | 'activation';

/** The p of a norm over a group, as torch.norm's: any real number but 0 upwards of it or below, or an infinity. */
export type NormOrder = number | 'inf' | '-inf';

/**
 * What goes together: single weights; all weights that share an index of one dimension (filters, channels, rows,
 * columns: torch's ln_structured and random_structured); each kernel of a convolution (the slice of one output and one
 * input, scored by its L1 norm); rectangles of r outputs by c inputs (by their L1 norm); or, of every m neighbours along
 * the reduction dimension, all but the n highest.
 */
export type Granularity =
  | 'weight'
  | 'kernel'
  | { readonly dim: number; readonly norm: NormOrder }
  | { readonly block: readonly [number, number] }
  | { readonly n: number; readonly m: number };

/**
 * What is ranked together, or how one sparsity is shared out: `global` all tensors of the rule under one threshold,
 * `layer` each tensor alone, `row` each output of each tensor alone, `erk` Erdős–Rényi-kernel densities (Evci et al.
 * 2020), `lamp` layer-adaptive scores (Lee et al. 2021).
 */
export type Scope = 'global' | 'layer' | 'row' | 'erk' | 'lamp';

/**
 * Exactly one of the four. `sparsity` is a fraction 0 to 1 and `count` a number of what the granularity counts (weights,
 * channels, kernels, blocks), `sigma` a multiple of torch.std of the scores (of weights by magnitude or sign: of the
 * tensor's weights as it came).
 */
export type Amount =
  | { readonly threshold: number }
  | { readonly sparsity: number }
  | { readonly count: number }
  | { readonly sigma: number };

export interface Rule {
  /** Globs on tensor names; absent: every tensor that is prunable by default. */
  readonly tensors?: readonly string[];
  readonly exclude?: readonly string[];
  readonly kinds?: readonly LayerKind[];
  readonly criterion: Criterion;
  readonly granularity: Granularity;
  readonly scope: Scope;
  /** Absent with `{ n, m }`, which says itself how much goes. */
  readonly amount?: Amount;
  /**
   * Share of each tensor that stays whatever the amount, 0 to 1: `ceil(keep * n)` of what the granularity counts (of a
   * row, in the scope `row`). Amounts over several tensors take what it withholds from those that have room.
   */
  readonly keep?: number;
  /** Of `random`, 0 to 2^32 - 1; 0 when absent. */
  readonly seed?: number;
}

/** What a person says a tensor is, where that is known better than the file tells. Fields that are absent stay. */
export interface LayerEntry {
  /** Globs on tensor names. */
  readonly tensors: readonly string[];
  readonly kind?: LayerKind;
  /** Dimensions that count outputs, slowest first. */
  readonly outputs?: readonly number[];
  readonly inputs?: readonly number[];
}

/** A model that takes the masks of another, of the same names and shapes; both by their paths in the file. */
export interface TwinEntry {
  readonly of: string;
  readonly model: string;
}

/** What a recipe holds beside its rules. */
export interface RecipeHead {
  readonly format: 'secateur-recipe';
  readonly version: 1;
  /** Later entries win. */
  readonly layers?: readonly LayerEntry[];
  /** Globs on names of tensors that no rule prunes. */
  readonly locked?: readonly string[];
  readonly twins?: readonly TwinEntry[];
}

/** `rules`: the last rule that matches a tensor decides for it alone. `steps`: lists of rules applied one after the other. */
export type Recipe = RecipeHead &
  ({ readonly rules: readonly Rule[] } | { readonly steps: readonly (readonly Rule[])[] });

export const emptyRecipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [] };

/** Everything of a recipe but its rules. */
export function headOf({ format, version, layers, locked, twins }: Recipe): RecipeHead {
  return { format, version, ...(layers && { layers }), ...(locked && { locked }), ...(twins && { twins }) };
}
