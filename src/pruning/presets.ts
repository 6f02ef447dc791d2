/** Common ways to prune a whole model, ready to apply. Each keeps who is in and who is out. */
import { at } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import { population } from './decide';
import { reset } from './edit';
import { aroundLocks } from './locks';
import type { Method } from './method';
import { withMethodWherePossible } from './possible';
import type { Recipe } from './recipe';
import type { Candidate } from './resolution';

export interface Preset {
  readonly id: string;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /**
   * @param heads weights whose outputs are the model's, where a graph tells
   * @throws CheckpointError `unsupported-feature` where no tensor that is in can take it
   */
  apply(recipe: Recipe, candidates: readonly Candidate[], heads?: readonly TensorId[]): Recipe;
}

const weights = { criterion: 'magnitude', granularity: 'weight' } as const;

function preset(id: string, title: string, sentence: string, method: Method): Preset {
  const target = { scope: 'model' } as const;
  return {
    id,
    title,
    sentence,
    apply: (recipe, candidates) => withMethodWherePossible(recipe, candidates, target, method),
  };
}

export const presets: readonly Preset[] = [
  preset(
    'global-half',
    'Half of all weights, globally',
    'The smallest half goes, wherever it is (global_unstructured): layers with many small weights lose more.',
    { ...weights, scope: 'global', amount: { sparsity: 0.5 } },
  ),
  preset('uniform-80', 'Uniform 80 %', 'Every layer loses the smallest 80 % of its own weights (l1_unstructured).', {
    ...weights,
    scope: 'layer',
    amount: { sparsity: 0.8 },
  }),
  preset(
    'two-of-four',
    '2:4 for sparse tensor cores',
    'Of every four neighbours along the inputs the two largest stay: the pattern that sparse tensor cores run.',
    { criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' },
  ),
  {
    id: 'filters-25',
    title: '25 % of filters',
    sentence:
      'In every layer the quarter of the filters, or outputs, with the smallest L2 norm goes (ln_structured). The last layer, whose outputs are the model’s, stays whole.',
    apply: (recipe, candidates, heads) =>
      aroundLocks(recipe, candidates, (free, open) => quarterOfOutputs(free, open, heads)),
  },
  preset(
    'sigma',
    'All within 1 sigma',
    'What lies within one standard deviation (of its layer) of zero goes: two thirds of a bell curve, less of long tails.',
    { ...weights, scope: 'layer', amount: { sigma: 1 } },
  ),
  preset(
    'threshold',
    'Zero every weight tensor below a threshold',
    'The loop from the forums, |w| ≤ 0.01 in every layer: drag the threshold to where the histograms say.',
    { ...weights, scope: 'global', amount: { threshold: 0.01 } },
  ),
  preset(
    'erk-80',
    'ERK 80 %',
    'Erdős–Rényi-kernel densities (Evci et al. 2020): 80 % overall, and small layers keep more.',
    { ...weights, scope: 'erk', amount: { sparsity: 0.8 } },
  ),
  preset(
    'lamp-80',
    'LAMP 80 %',
    'Layer-adaptive scores (Lee et al. 2021): 80 % overall, each weight ranked by its share in what is left of its layer.',
    { ...weights, scope: 'lamp', amount: { sparsity: 0.8 } },
  ),
];

/** Outputs are not the same dimension everywhere: ONNX MatMul counts them last. */
function quarterOfOutputs(recipe: Recipe, candidates: readonly Candidate[], heads?: readonly TensorId[]): Recipe {
  const isIn = population(recipe, candidates);
  const meant = candidates.filter(({ id, axes }) => isIn.has(id) && axes);
  const last = lastLayers(meant, heads);
  const inner = meant.filter(({ id }) => !last.has(id));
  const byAxis = new Map<number, string[]>();
  for (const { name, axes } of inner.length > 0 ? inner : meant) {
    if (axes) getOrInsert(byAxis, at(axes.outputs, 0), () => []).push(name);
  }
  const method = (dim: number): Method => ({
    criterion: 'magnitude',
    granularity: { dim, norm: 2 },
    scope: 'layer',
    amount: { sparsity: 0.25 },
  });
  let pruned = reset(recipe, candidates, { scope: 'model' });
  for (const [dim, names] of byAxis) {
    pruned = withMethodWherePossible(pruned, candidates, { scope: 'layers', names }, method(dim));
  }
  return byAxis.size > 0 ? pruned : withMethodWherePossible(recipe, candidates, { scope: 'model' }, method(0));
}

/** Layers whose outputs are classes, boxes, pixels: as the graph tells, else the last linear one of each model. */
function lastLayers(layers: readonly Candidate[], heads: readonly TensorId[] = []): ReadonlySet<TensorId> {
  if (layers.some(({ id }) => heads.includes(id))) return new Set(heads);
  const last = new Map(layers.flatMap(({ id, kind, model }) => (kind === 'linear' ? [[model, id] as const] : [])));
  return new Set(last.values());
}
