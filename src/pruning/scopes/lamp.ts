import { at } from '../../lib/known';
import { asEstimate, type RunningCut } from '../cut';
import { type LampTensor, lampCounts } from '../lamp';
import { binRequest, cutLowest, type Placing, rankedOf, shareEvenly } from '../place';
import type { Request } from '../resolution';
import { globalUnstructured } from './global';
import type { ScopeRecord } from './scope';

/** One amount, by layer-adaptive scores (Lee et al. 2021). */
export const lamp: ScopeRecord<'lamp'> = {
  name: 'lamp',
  isShared: true,
  takesPatterns: false,
  takes: 'thresholds',
  closesSteps: true,
  shareOut: (group, { countOf }, placing) => cutByLayerAdaptiveScores(group, countOf(group), placing),
  demands: {
    criterion: { only: 'magnitude', why: 'of which the scope lamp makes its scores' },
    weights: { field: 'granularity', sentence: 'should be weight, because lamp scores single weights' },
    amount: { oneOf: ['sparsity', 'count'], because: 'the scope lamp shares it out' },
  },
  description: 'layer-adaptive (LAMP)',
  label: 'LAMP',
  help: 'Layer-adaptive scores, with a pass (Lee et al. 2021).',
  python: {
    isTogether: true,
    weights: {
      parts: ['lowest_pruning', 'lamp_scores'],
      statements: (rule) => globalUnstructured(rule, 'lamp_scores(layers[name])'),
    },
  },
};

function cutByLayerAdaptiveScores(group: readonly RunningCut[], k: number, placing: Placing): RunningCut[] {
  const asking = (cuts: readonly RunningCut[], requests: readonly (readonly Request[])[]) =>
    cuts.map((cut, i) => ({
      ...asEstimate(cut, at(group, i)),
      pending: [...at(group, i).pending, ...at(requests, i)],
    }));
  const layers: LampTensor[] = [];
  const missing = group.map((cut): Request[] => {
    const request = { kind: 'energies', tensor: cut.candidate.id, after: cut.before } as const;
    const energies = placing.answers.get(request);
    const scores = rankedOf(cut, placing);
    if (energies && scores) layers.push({ ...scores, energies });
    return energies || !cut.isSettled ? [] : [request];
  });
  if (layers.length < group.length) return asking(shareEvenly(group, k, placing.keep), missing);
  const room = layers.reduce((sum, layer) => sum + layer.room, 0);
  const { counts, pending } = lampCounts(layers, Math.min(k, room));
  const cuts = group.flatMap((cut, i) => cutLowest([cut], at(counts, i), placing));
  if (pending.every((bins) => bins.length === 0)) return cuts;
  const looks = pending.map((bins, i) => bins.map((bin) => binRequest(at(group, i), bin)));
  return asking(cuts, looks);
}
