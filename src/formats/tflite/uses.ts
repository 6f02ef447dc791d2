/** Which operator uses each tensor, and what that makes of it. */
import type { Declared } from '../../tensors/evidence';
import type { Subgraph } from './model';
import { declaredBy, passingOn } from './operators';

export interface Uses {
  /** By index of the tensor. */
  readonly declared: ReadonlyMap<number, Declared>;
  /** Weights in an order for one processor. */
  readonly shuffled: ReadonlySet<number>;
}

/** What makes a weight of a tensor goes before what only says that it is used; of several the first. */
const isWeight = ({ kind }: Declared) => kind === 'conv' || kind === 'linear' || kind === 'recurrent';

export function usesIn({ tensors, operators }: Subgraph): Uses {
  /** By what comes out of operators that change no element: what went in. */
  const origins = new Map<number, number>();
  const declared = new Map<number, Declared>();
  const shuffled = new Set<number>();
  for (const operator of operators) {
    const { code, inputs, outputs, isShuffled } = operator;
    const [source = -1] = inputs;
    if (passingOn.has(code)) {
      for (const output of outputs) origins.set(output, origins.get(source) ?? source);
      continue;
    }
    inputs.forEach((input, place) => {
      const origin = origins.get(input) ?? input;
      const tensor = tensors[origin];
      if (!tensor) return;
      if (isShuffled && place === 1) shuffled.add(origin);
      const use = declaredBy(operator, place, tensor.shape);
      const before = declared.get(origin);
      if (use && (!before || (isWeight(use) && !isWeight(before)))) declared.set(origin, use);
    });
  }
  return { declared, shuffled };
}
