/** Recipes carried out the slow way: every weight sorted, nothing of bins. Rules name tensors exactly or not at all. */
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { roundHalfEven } from '../../../src/pruning/round';
import { roundToDtype } from '../../../src/tensors/half';
import { scoreOf, type Tensor } from './support';

interface Element {
  readonly tensor: Tensor;
  readonly index: number;
}

/** By tensor: which elements go. @throws RangeError when a rule counts more weights than there are left */
export function masksOf(recipe: Recipe, tensors: readonly Tensor[]): Map<Tensor, boolean[]> {
  const masks = new Map(tensors.map((tensor) => [tensor, tensor.values.map(() => false)]));
  for (const rules of 'steps' in recipe ? recipe.steps : [recipe.rules]) {
    const deciding = tensors.map((tensor) => rules.findLast((rule) => names(rule, tensor)));
    for (const rule of rules) {
      const decided = tensors.filter((_, at) => deciding[at] === rule);
      const groups = rule.scope === 'global' ? [decided] : decided.map((tensor) => [tensor]);
      for (const group of groups.filter((each) => each.length > 0)) prune(rule, group, masks);
    }
  }
  return masks;
}

function names({ tensors }: Rule, { candidate }: Tensor): boolean {
  return tensors === undefined ? candidate.byDefault : tensors.includes(candidate.name);
}

function prune(rule: Rule, group: readonly Tensor[], masks: ReadonlyMap<Tensor, boolean[]>): void {
  const { amount, criterion } = rule;
  const left = group.flatMap((tensor) =>
    tensor.values.map((_, index) => ({ tensor, index })).filter(({ index }) => !masks.get(tensor)![index]),
  );
  const score = ({ tensor, index }: Element) => scoreOf(criterion, tensor.values[index]!);
  const finite = left.filter((element) => Number.isFinite(score(element)));
  for (const { tensor, index } of goes()) masks.get(tensor)![index] = true;

  function goes(): Element[] {
    if ('threshold' in amount || 'sigma' in amount) {
      return finite.filter((element) => {
        const { dtype, statistics } = element.tensor.candidate;
        const threshold = 'threshold' in amount ? amount.threshold : amount.sigma * statistics.std;
        return score(element) <= roundToDtype(threshold, dtype);
      });
    }
    const count = 'count' in amount ? amount.count : roundHalfEven(amount.sparsity * left.length);
    if (count > left.length) throw new RangeError(`${count} of ${left.length} weights`);
    // Sorting is stable: equal scores stay in order of tensors, then of elements.
    return [...finite].sort((a, b) => score(a) - score(b)).slice(0, count);
  }
}
