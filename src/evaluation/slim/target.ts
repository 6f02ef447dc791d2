/** From what may remain of a model to the channels that go. */
import { costsOf } from '../../graph/slim/costs';
import { keptWithout, planOf, rounded } from '../../graph/slim/plan';
import { slimModel } from '../../graph/slim/slice';
import type { Unit } from '../../graph/slim/units';
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { lengthOf } from '../../lib/splice';
import type { Dataset } from '../inputs/dataset';
import type { EvaluationContext, Runnable } from '../running';
import type { NamedValues } from '../values';
import { type ScoredUnits, unitsByGroup } from './analysedUnits';
import type { Analysis } from './analysis';
import { fewestSteps, stepsOf } from './budget';
import { measuredGroups, rankedGroups } from './damage';
import type { SlimCosts, SlimGoal } from './protocol';
import { planned, readBeside, withSession } from './running';
import { timedInTurns } from './timing';

type Target = Extract<SlimGoal, { kind: 'target' }>;

/** What a target is sought with. */
export interface Seeking {
  readonly runnable: Runnable;
  readonly analysis: Analysis;
  /** Of the written model, with masks. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly scored: ScoredUnits;
  readonly before: SlimCosts;
  /** That damage is measured on. */
  readonly dataset: Dataset;
  /** That times are measured on. */
  readonly feeds: NamedValues;
}

/** Runs of a time on the way, in milliseconds. */
const timedMilliseconds = 800;

/** @returns what goes, or a sentence that says why so much cannot */
export async function unitsForTarget(
  { runnable, analysis, bytes, scored, before, dataset, feeds }: Seeking,
  { measure, share }: Target,
  context: EvaluationContext,
): Promise<readonly Unit[] | string> {
  const { model, walk, units, isParameter, samples } = analysis;
  const groups = rankedGroups(unitsByGroup(units.units, scored));
  if (groups.length === 0) return nothingGoes(analysis);
  const followed = measure === 'bytes' || measure === 'parameters' ? 'parameters' : 'macs';
  const measured = await measuredGroups(runnable, analysis, bytes, groups, dataset, followed, context);
  const unitsOf = (gone: readonly number[]) =>
    rounded(
      walk,
      units.units,
      groups.flatMap(({ units: own }, i) => own.slice(0, at(gone, i))),
    );
  const remaining = async (gone: readonly number[]): Promise<number> => {
    throwIfCancelled(context.signal);
    const chosen = unitsOf(gone);
    if (measure === 'bytes') return lengthOf(await slimModel(model.open(bytes), planOf(walk, chosen))) / before.bytes;
    if (measure === 'time') return timeLeft(chosen);
    const costs = costsOf(walk, keptWithout(walk, chosen), isParameter);
    return measure === 'macs' ? costs.macs / samples / before.macs : costs.parameters / before.parameters;
  };
  const timeLeft = async (chosen: readonly Unit[]) => {
    if (chosen.length === 0) return 1;
    context.progress({ stage: 'slimming', done: 1, total: 1, what: 'measuring times' });
    const smaller = await readBeside(runnable, await planned(model, bytes, planOf(walk, chosen)));
    const { before: original, after: own } = await withSession(runnable, runnable.graph, (first) =>
      withSession(runnable, smaller, (second) =>
        timedInTurns([first, second], feeds, context.signal, timedMilliseconds),
      ),
    );
    return own.median / original.median;
  };
  const found = await fewestSteps(stepsOf(measured), measured, share, remaining, measure === 'time' ? 0 : undefined);
  if ('gone' in found) return unitsOf(found.gone);
  return `At least ${percent(found.least)} of ${words[measure]} remain, whatever channels go: the rest is pinned, or what every layer keeps.`;
}

export const words: Readonly<Record<Target['measure'], string>> = {
  macs: 'the multiplications',
  parameters: 'the parameters',
  bytes: 'the file',
  time: 'the time',
};

/** Rounded up: less than it says is not possible. */
function percent(share: number): string {
  return `${Math.ceil(share * 100)} %`;
}

export function nothingGoes({ units }: Analysis): string {
  const [first] = [...reasons(units.pinned.map(({ why }) => why))].sort((a, b) => b[1] - a[1]);
  const because = first ? `: most of them ${first[0].replace(/^is /, 'are ')}` : '';
  return `No channels of this model can go${because}.`;
}

function reasons(whys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const why of whys) counts.set(why, (counts.get(why) ?? 0) + 1);
  return counts;
}
