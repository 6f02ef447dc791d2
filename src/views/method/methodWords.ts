/** The panel's choices: how each reads, what it does, and what the field calls it. */
import type { Criterion, Granularity } from '../../pruning/recipe';
import type { Sharing } from './choice';

export interface Words {
  readonly label: string;
  /** One sentence, with the name that papers and torch.nn.utils.prune have for it. */
  readonly help: string;
}

const criteria: Readonly<Record<Criterion, Words>> = {
  magnitude: { label: 'magnitude |w|', help: 'The smallest go first (l1_unstructured).' },
  signed: { label: 'signed w', help: 'The lowest values go first: w ≤ threshold.' },
  random: { label: 'random', help: 'Chance decides, by a seed (random_unstructured).' },
  magnitude_increase: {
    label: 'increase of |w|',
    help: 'What grew least goes first (magnitude increase, Zhou et al. 2019).',
  },
  activation: { label: 'activation', help: '|w| times its input’s norm (Wanda, Sun et al. 2023).' },
};

const ofGroups: Partial<Record<Criterion, string>> = {
  magnitude: 'The smallest norms go first (ln_structured).',
  random: 'Chance decides, by a seed (random_structured).',
};

/** @param isGrouped weights go in groups */
export function criterionWords(criterion: Criterion, isGrouped: boolean): Words {
  const words = criteria[criterion];
  return { ...words, help: (isGrouped && ofGroups[criterion]) || words.help };
}

/** What goes together. `outputs` and `inputs` are dimensions, by what they mean. */
export type Together = 'weight' | 'outputs' | 'inputs' | 'dim' | 'kernel' | 'block' | 'pattern';

/** The dimensions of the tensors in scope, as far as they agree. */
export interface Axes {
  readonly outputs: number;
  readonly inputs: number;
  /** There are convolutions in scope: outputs are filters. */
  readonly isConv: boolean;
}

export function togetherOf(granularity: Granularity, { outputs, inputs }: Axes): Together {
  if (granularity === 'weight' || granularity === 'kernel') return granularity;
  if ('block' in granularity) return 'block';
  if ('n' in granularity) return 'pattern';
  return granularity.dim === outputs ? 'outputs' : granularity.dim === inputs ? 'inputs' : 'dim';
}

/** @param before the granularity there was, whose norm stays */
export function granularityOf(together: Together, { outputs, inputs }: Axes, before: Granularity): Granularity {
  const norm = typeof before === 'object' && 'dim' in before ? before.norm : 2;
  switch (together) {
    case 'weight':
    case 'kernel':
      return together;
    case 'outputs':
      return { dim: outputs, norm };
    case 'inputs':
      return { dim: inputs, norm };
    case 'dim':
      return { dim: [0, 1, 2].find((dim) => dim !== outputs && dim !== inputs)!, norm };
    case 'block':
      return { block: [4, 4] };
    case 'pattern':
      return { n: 2, m: 4 };
  }
}

export function togetherWords(together: Together, { outputs, inputs, isConv }: Axes): Words {
  switch (together) {
    case 'weight':
      return { label: 'single weights', help: 'Every weight for itself (unstructured).' };
    case 'outputs':
      return {
        label: `${isConv ? 'filters' : 'outputs'} (dim ${outputs})`,
        help: `All weights of one ${isConv ? 'filter' : 'output'} (structured, dim=${outputs}).`,
      };
    case 'inputs':
      return {
        label: `inputs (dim ${inputs})`,
        help: `All weights of one input${isConv ? ' channel' : ''} (structured, dim=${inputs}).`,
      };
    case 'dim':
      return { label: 'another dimension', help: 'All weights at one index of this dimension (dim).' };
    case 'kernel':
      return { label: 'kernels (k × k)', help: 'Slices of one filter and one input, by their L1 norm.' };
    case 'block':
      return { label: 'blocks (r × c)', help: 'r outputs by c inputs, by their L1 norm (block sparsity).' };
    case 'pattern':
      return { label: 'n:m pattern', help: 'Of every m neighbours the n highest stay (N:M sparsity).' };
  }
}

export function sharingWords(sharing: Sharing, isSingle: boolean): Words {
  switch (sharing) {
    case 'layer':
      return isSingle
        ? { label: 'this layer', help: 'One threshold for this layer alone (layer).' }
        : { label: 'uniform', help: 'The same share of every layer (layer).' };
    case 'global':
      return isSingle
        ? { label: 'with others: global', help: 'Ranked with other layers (global_unstructured).' }
        : { label: 'global threshold', help: 'All ranked together (global_unstructured).' };
    case 'row':
      return { label: 'each row', help: 'The same number of every output (per row, as in Wanda).' };
    case 'erk':
      return { label: 'ERK', help: 'Small layers keep more (ERK, Evci et al. 2020).' };
    case 'lamp':
      return { label: 'LAMP', help: 'Layer-adaptive scores, with a pass (Lee et al. 2021).' };
    case 'sigma':
      return { label: 'sigma (k · std)', help: 'All up to k deviations of its layer goes (sigma).' };
  }
}
