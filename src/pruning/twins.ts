/** Models that take the masks of another: copies with the same names and shapes. */
import type { TensorId } from '../tensors/tensor';
import type { Recipe } from './recipe';
import type { Answers, Candidate, Mask, Outcome, Request } from './resolution';

export interface Followers {
  /** Those that rules decide for. */
  readonly ranked: readonly Candidate[];
  /** By tensor of a model that follows another: its counterpart there; undefined where that has none. */
  readonly originals: ReadonlyMap<TensorId, Candidate | undefined>;
}

const none: ReadonlyMap<TensorId, undefined> = new Map();
const known = new WeakMap<readonly Candidate[], { readonly twins: Recipe['twins']; readonly followers: Followers }>();

/** Who takes another's mask. The same object for the same candidates and twins. */
export function followersIn({ twins }: Recipe, candidates: readonly Candidate[]): Followers {
  if (!twins || twins.length === 0) return { ranked: candidates, originals: none };
  const last = known.get(candidates);
  if (last?.twins === twins) return last.followers;
  const ofModel = new Map(twins.map(({ of, model }) => [model, of]));
  const byPlace = new Map(candidates.map((candidate) => [placeOf(candidate.model, candidate.nameInModel), candidate]));
  const originals = new Map<TensorId, Candidate | undefined>();
  const ranked = candidates.filter((candidate) => {
    const of = candidate.model === undefined ? undefined : ofModel.get(candidate.model);
    if (of === undefined) return true;
    const original = candidate.locked ? undefined : byPlace.get(placeOf(of, candidate.nameInModel));
    originals.set(candidate.id, original?.shape.join() === candidate.shape.join() ? original : undefined);
    return false;
  });
  const followers = { ranked, originals };
  known.set(candidates, { twins, followers });
  return followers;
}

function placeOf(model: string | undefined, name: string | undefined): string {
  return JSON.stringify([model, name]);
}

/**
 * What goes of a tensor that takes another's mask: the very elements that go there, also where its own are not finite.
 * @param of the outcome of `original`
 */
export function outcomeLike(
  { id, shape, statistics }: Candidate,
  original: Candidate,
  of: Outcome,
  answers: Answers,
): { outcome: Outcome; pending: readonly Request[] } {
  const { rule, pruned, exact } = of;
  const numel = shape.reduce((all, size) => all * size, 1);
  const mask: Mask = { kind: 'same', as: original.id, name: original.name, program: of.program };
  const program = of.program.length === 0 ? [] : [mask];
  const outcome = (zeros: number, isExact: boolean): Outcome => ({ rule, program, pruned, zeros, exact: isExact });
  if (program.length === 0 || statistics.zeros === 0)
    return { outcome: outcome(statistics.zeros + pruned, exact), pending: [] };
  const estimate = Math.min(numel, pruned + Math.round(statistics.zeros * (1 - pruned / Math.max(1, numel))));
  if (!exact) return { outcome: outcome(estimate, false), pending: [] };
  const request = { kind: 'counts', tensor: id, after: program } as const;
  const counted = answers.get(request);
  return counted
    ? { outcome: outcome(counted.zeros, true), pending: [] }
    : { outcome: outcome(estimate, false), pending: [request] };
}
