/** Which channels that go together go, by the rules of one round. */
import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import type { TensorId } from '../tensors/tensor';
import { cutScored } from './allocate';
import { type ChannelGroup, type Channels, type ChannelUnit, type SlicesMask, slicesOf } from './channels';
import { placementOf, type RunningCut, uncut } from './cut';
import { decide, population, roundsOf, rulePath } from './decide';
import { granularityOf } from './granularities/granularities';
import type { Shown } from './outcome';
import type { Placing } from './place';
import type { Recipe, Rule } from './recipe';
import type { Answers, Candidate, Request } from './resolution';
import { followersIn } from './twins';
import {
  groupsGiven,
  producersOf,
  refinedBinOf,
  type ScoredUnits,
  scoredUnits,
  statisticsOf,
  unitDtype,
} from './unitScores';

/** A rule of the granularity `unit`, with the tensors that it decides for. */
interface UnitRule {
  readonly rule: Rule;
  /** Of the round: the last that decides for a tensor that gives a group's channels decides for them. */
  readonly index: number;
  readonly path: string;
  readonly group: readonly Candidate[];
}

/** What one round takes. */
interface UnitCuts {
  /** By tensor, those that no rule decides for, too. */
  readonly slices: ReadonlyMap<TensorId, SlicesMask>;
  /** Of the tensors that rules over channels decide for. */
  readonly shown: ReadonlyMap<TensorId, Shown>;
}

/**
 * By round, those that have such a rule. A unit goes whatever masks its tensors have: its score is the graph's.
 * @throws CheckpointError `invalid-recipe` where a count is above what there is
 */
export function unitRounds(recipe: Recipe, candidates: readonly Candidate[]): (UnitCuts | undefined)[] {
  const rounds = roundsOf(recipe);
  const isOfUnits = ({ granularity }: Rule) => granularityOf(granularity).takes === 'units';
  if (!rounds.some((rules) => rules.some(isOfUnits))) return [];
  const { ranked } = followersIn(recipe, candidates);
  const inSome = population(recipe, candidates);
  const byId = new Map(ranked.map((candidate) => [candidate.id, candidate]));
  const gone = new Set<number>();
  return rounds.map((rules, round) => {
    const decisions = decide(rules, ranked);
    const ofUnits = rules.flatMap((rule, index): UnitRule[] => {
      const group = isOfUnits(rule) ? ranked.filter((_, i) => decisions[i] === index) : [];
      return group.length === 0 ? [] : [{ rule, index, path: rulePath(recipe, round, index), group }];
    });
    const channels = ofUnits[0]?.group[0]?.channels;
    if (!channels) return undefined;
    const context = { channels, candidates: byId, isIn: (tensor: TensorId) => inSome.has(tensor), gone };
    const { going, shown } = cutUnits(ofUnits, context);
    for (const { slot } of going) gone.add(slot);
    return { slices: slicesOf(going), shown };
  });
}

interface UnitContext {
  readonly channels: Channels;
  readonly candidates: ReadonlyMap<TensorId, Candidate>;
  /** Whether some rule, of any step, decides for a tensor. */
  isIn(tensor: TensorId): boolean;
  /** Slots of units that went in earlier rounds. */
  readonly gone: ReadonlySet<number>;
}

/**
 * The lowest of each group, or of all together, as the scope has it. One of each group stays: no layer is emptied. Ties go in the
 * order of slots. Groups of which a tensor that gives them is out, or locked and not pruned by channels, stay as they are.
 */
function cutUnits(
  rules: readonly UnitRule[],
  context: UnitContext,
): { going: readonly ChannelUnit[]; shown: ReadonlyMap<TensorId, Shown> } {
  const { channels, gone } = context;
  const byTensor = new Map(rules.flatMap((each) => each.group.map(({ id }) => [id, each] as const)));
  const owned = new Map<UnitRule, ScoredUnits[]>();
  for (const group of channels.groups) {
    const rule = ruleFor(group, byTensor, context);
    if (rule) getOrInsert(owned, rule, () => []).push(scoredUnits(group, rule.rule, gone));
  }
  const going: ChannelUnit[] = [];
  const shownOf = new Map<ChannelGroup, Shown & { readonly units: ScoredUnits; readonly gone: number }>();
  for (const [{ rule, path }, scored] of owned) {
    const cuts = cutScored(
      scored.map((each, i) => asCut(each, i)),
      rule,
      path,
      placingOf(rule, scored),
    );
    scored.forEach((units, i) => {
      const cut = at(cuts, i);
      const { removed } = cut.run;
      going.push(...units.units.slice(0, removed));
      const placement = placementOf(cut);
      shownOf.set(units.group, { units, gone: removed, ...(placement && { placement }) });
    });
  }
  const given = groupsGiven(channels);
  const shown = new Map<TensorId, Shown>();
  for (const id of byTensor.keys()) {
    const own = (given.get(id) ?? []).flatMap((group) => shownOf.get(group) ?? []);
    const placement = own.find((each) => each.placement)?.placement;
    const statistics = own.length === 1 ? at(own, 0).units.statistics : together(own.map(({ units }) => units));
    const count = own.reduce((sum, each) => sum + each.gone, 0);
    shown.set(id, { scores: { dtype: unitDtype, statistics, gone: count }, ...(placement && { placement }) });
  }
  return { going, shown };
}

const nothing = statisticsOf(new Float32Array());

function together(several: readonly ScoredUnits[]) {
  if (several.length === 0) return nothing;
  return statisticsOf(Float32Array.from(several.flatMap(({ scores }) => [...scores])));
}

/** The rule that decides for a group; undefined where it stays. */
function ruleFor(
  group: ChannelGroup,
  byTensor: ReadonlyMap<TensorId, UnitRule>,
  { candidates, isIn }: UnitContext,
): UnitRule | undefined {
  const takes = group.units[0]?.takes ?? [];
  // What cannot be pruned at all cannot lose a channel.
  if (takes.some(({ tensor, role }) => role !== 'goes along' && !candidates.has(tensor))) return undefined;
  let chosen: UnitRule | undefined;
  for (const tensor of producersOf(group)) {
    const rule = byTensor.get(tensor);
    const { byDefault, locked } = known(candidates, tensor);
    if (!rule && ((byDefault && !isIn(tensor)) || locked)) return undefined;
    if (rule && (!chosen || precedence(rule) > precedence(chosen))) chosen = rule;
  }
  return chosen;
}

/** What is locked keeps what it is set to, whatever others are. */
function precedence({ rule, index }: UnitRule): number {
  return index + (rule.locked ? 2 ** 32 : 0);
}

/** The scores of a group as if they were the weights of a tensor of their own. */
function asCut({ group: { name }, statistics }: ScoredUnits, id: number): RunningCut {
  const { count } = statistics;
  const candidate: Candidate = {
    id,
    name,
    aliases: [],
    kind: 'unknown',
    dtype: unitDtype,
    shape: [count],
    byDefault: true,
    statistics,
  };
  return {
    ...uncut(candidate),
    run: {
      score: { criterion: 'magnitude' },
      dtype: unitDtype,
      ranking: 'signed',
      statistics,
      removed: 0,
      isCounted: true,
      cutoff: undefined,
      isPlaced: true,
    },
  };
}

function placingOf({ keep = 0 }: Rule, scored: readonly ScoredUnits[]): Placing {
  const binOf = (request: Request) =>
    request.kind === 'bin' ? refinedBinOf(at(scored, request.tensor).scores, request.bin) : undefined;
  // Counted up: one at least.
  return { keep: Math.max(keep, Number.MIN_VALUE), answers: { get: binOf } as Answers };
}
