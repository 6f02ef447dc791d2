/** The units that a plan takes. */
import type { SlimPlan } from '../../graph/slim/plan';
import type { Unit } from '../../graph/slim/units';
import type { Walk } from '../../graph/slim/walk';

export function unitsOfPlan({ sets, weights }: Walk, units: readonly Unit[], plan: SlimPlan): Unit[] {
  const keyOf = (name: string, node: number, input: number) => JSON.stringify([name, node, input]);
  const byUse = new Map(
    weights.flatMap((weight) =>
      weight.uses.map(({ node, input }) => [keyOf(weight.name, node, input), weight] as const),
    ),
  );
  const gone = new Set<number>();
  for (const { name, uses, axes } of plan.tensors) {
    for (const { node, input } of uses) {
      const weight = byUse.get(keyOf(name, node, input));
      for (const { axis, kept } of weight ? axes : []) {
        const left = new Set(kept);
        weight?.axes[axis]?.forEach((slot, index) => {
          if (!left.has(index)) gone.add(sets.rootOf(slot));
        });
      }
    }
  }
  return units.filter(({ slot }) => gone.has(slot));
}
