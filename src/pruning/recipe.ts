/** The recipe: a small versioned JSON document, `pruned file = apply(recipe, checkpoint)`. */
import type { LayerKind } from '../tensors/tensor';

export type Criterion = 'magnitude' | 'signed';
export type Granularity = 'weight';
export type Scope = 'global' | 'layer';

/** Exactly one of the four. `sparsity` is a fraction 0 to 1, `count` a number of weights, `sigma` a multiple of torch.std. */
export type Amount = { threshold: number } | { sparsity: number } | { count: number } | { sigma: number };

export interface Rule {
  /** Globs on tensor names; absent: every tensor that is prunable by default. */
  readonly tensors?: readonly string[];
  readonly exclude?: readonly string[];
  readonly kinds?: readonly LayerKind[];
  readonly criterion: Criterion;
  readonly granularity: Granularity;
  readonly scope: Scope;
  readonly amount: Amount;
}

/** `rules`: the last rule that matches a tensor decides for it alone. `steps`: lists of rules applied one after the other. */
export type Recipe = { readonly format: 'secateur-recipe'; readonly version: 1 } & (
  | { readonly rules: readonly Rule[] }
  | { readonly steps: readonly (readonly Rule[])[] }
);

export const emptyRecipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [] };
