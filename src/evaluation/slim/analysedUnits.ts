/** Units with what they matter, and which are dead: by the weights at hand, and by inputs where there are any. */
import { consumerNorms, deadUnits, normScores, type WeightsOf } from '../../graph/slim/scores';
import type { Unit } from '../../graph/slim/units';
import { getOrInsert } from '../../lib/maps';
import type { Channels } from '../../pruning/channels';
import type { Analysis } from './analysis';
import { type Energies, energyScores } from './unitScores';

export interface ScoredUnits {
  readonly score: Channels['score'];
  readonly scores: ReadonlyMap<Unit, number>;
  readonly dead: ReadonlySet<Unit>;
}

/**
 * @param bytes of the written model, perhaps with masks
 * @param energies absent: no inputs are at hand
 */
export async function scoredUnits(
  { model, contents, walk, units: { units } }: Analysis,
  bytes: Uint8Array,
  energies: Energies | undefined,
): Promise<ScoredUnits> {
  const numbersOf = (name: string) => model.numbersOf(bytes, name);
  const weightsOf: WeightsOf = async (name) => numbersOf(name) ?? [];
  const dead = new Set(await deadUnits(units, weightsOf));
  if (energies) return { score: 'energy', scores: energyScores(walk, units, energies, numbersOf), dead };
  const norms = await normScores(units, contents.graph.nodes, weightsOf);
  const consumers = await consumerNorms(units, weightsOf);
  // A channel behind a norm has about an energy of 1, as others are taken to have.
  const isBehindNorms = norms.size * 2 > units.length;
  const scores = isBehindNorms ? new Map([...consumers, ...norms]) : consumers;
  return { score: isBehindNorms ? 'norm figures' : 'consumers', scores, dead };
}

/** Units of one group, those that matter least first: what is dead before all others. */
export function unitsByGroup(
  units: readonly Unit[],
  { scores, dead }: ScoredUnits,
): ReadonlyMap<number, readonly Unit[]> {
  const groups = new Map<number, Unit[]>();
  for (const unit of units) getOrInsert(groups, unit.group, () => []).push(unit);
  const weight = (unit: Unit) => (dead.has(unit) ? -1 : (scores.get(unit) ?? 0));
  for (const own of groups.values()) own.sort((a, b) => weight(a) - weight(b) || a.slot - b.slot);
  return groups;
}
