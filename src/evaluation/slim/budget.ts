/** Which channels go so that so much of a model remains: groups give up channels by what that damages, least first. Pure. */
import { at } from '../../lib/known';

/** A group of channels, of which so many may go. */
export interface BudgetGroup {
  /** Ascending, from none on. */
  readonly counts: readonly number[];
  /** Measured at some of the counts, ascending, without the origin: what the group alone damages, and what it saves. */
  readonly points: readonly { readonly gone: number; readonly damage: number; readonly saved: number }[];
}

/** So many of a group's channels more. */
export interface Step {
  readonly group: number;
  /** Of the group, with this step. */
  readonly gone: number;
}

/**
 * All that could go, step by step, in the order of damage for what is saved (Lagrange, damage of groups taken to add up). Within a group
 * damage for a step is taken never to fall: what is broken already cannot be broken much more, which is no reason to go on.
 */
export function stepsOf(groups: readonly BudgetGroup[]): Step[] {
  const steps = groups.flatMap(({ counts, points }, group) => {
    const whole = [{ gone: 0, damage: 0, saved: 0 }, ...points];
    let steepest = 0;
    return counts.slice(1).map((gone, i) => {
      const [from, to] = [between(whole, at(counts, i)), between(whole, gone)];
      const saved = to.saved - from.saved;
      const slope = saved > 0 ? Math.max(0, to.damage - from.damage) / saved : Number.POSITIVE_INFINITY;
      // A model that gives no numbers any more is damaged beyond measure.
      steepest = Math.max(steepest, Number.isNaN(slope) ? Number.POSITIVE_INFINITY : slope);
      return { group, gone, slope: steepest };
    });
  });
  return steps
    .map((step, place) => ({ step, place }))
    .sort((a, b) => compared(a.step.slope, b.step.slope) || a.place - b.place)
    .map(({ step: { group, gone } }) => ({ group, gone }));
}

/** Infinities are alike. */
function compared(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function between(points: BudgetGroup['points'], gone: number): { damage: number; saved: number } {
  const after = points.findIndex((point) => point.gone >= gone);
  if (after <= 0) return at(points, after < 0 ? points.length - 1 : 0);
  const [from, to] = [at(points, after - 1), at(points, after)];
  const share = (gone - from.gone) / (to.gone - from.gone);
  const mix = (a: number, b: number) => a + share * (b - a);
  return { damage: mix(from.damage, to.damage), saved: mix(from.saved, to.saved) };
}

/** By group, how many go once so many steps are taken. */
export function goneAfter(steps: readonly Step[], taken: number, groups: number): number[] {
  const gone = new Array<number>(groups).fill(0);
  for (const { group, gone: own } of steps.slice(0, taken)) gone[group] = own;
  return gone;
}

/** At so many counts of a group damage is measured; between them it is taken to be straight. */
export function measuredCounts(counts: readonly number[], most: number): number[] {
  const all = counts.slice(1);
  if (all.length <= most) return all;
  const chosen = new Set(Array.from({ length: most }, (_, i) => Math.round(((i + 1) * all.length) / most) - 1));
  return all.filter((_, i) => chosen.has(i));
}

/**
 * The fewest steps after which no more remains than was asked for, then those taken back that were not needed: the last first.
 * @param remaining share of the original's, by how many of each group are gone; falls, or all but falls, with every step
 * @returns by group, how many go; undefined where all steps are not enough
 */
export async function fewestSteps(
  steps: readonly Step[],
  groups: readonly BudgetGroup[],
  share: number,
  remaining: (gone: readonly number[]) => Promise<number>,
  takenBack = maxTakenBack,
): Promise<{ readonly gone: readonly number[] } | { readonly least: number }> {
  const after = (taken: number) => goneAfter(steps, taken, groups.length);
  if ((await remaining(after(0))) <= share) return { gone: after(0) };
  const least = await remaining(after(steps.length));
  if (least > share) return { least };
  let [low, high] = [0, steps.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((await remaining(after(middle))) <= share) high = middle;
    else low = middle;
  }
  const gone = after(high);
  let tries = 0;
  for (let i = high - 2; i >= 0 && tries < takenBack; i--) {
    const { group, gone: own } = at(steps, i);
    if (gone[group] !== own) continue;
    const { counts } = at(groups, group);
    const fewer = [...gone];
    fewer[group] = counts[counts.indexOf(own) - 1] ?? 0;
    tries++;
    if ((await remaining(fewer)) <= share) gone[group] = at(fewer, group);
  }
  return { gone };
}

const maxTakenBack = 48;
