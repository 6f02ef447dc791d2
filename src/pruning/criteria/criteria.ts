/** The criteria, in the order in which they are offered. */
import { known } from '../../lib/known';
import type { Ranking } from '../ranking';
import { activation } from './activation';
import { type Arithmetic, type ArithmeticFacts, arithmetics, type CriterionRecord } from './criterion';
import { magnitude } from './magnitude';
import { magnitudeIncrease } from './magnitudeIncrease';
import { obs } from './obs';
import { random } from './random';
import { relativeMagnitude } from './relativeMagnitude';
import { signed } from './signed';

const records = [magnitude, relativeMagnitude, signed, random, magnitudeIncrease, activation, obs] as const;

/** What makes a weight (or a group of weights) worth keeping; the lowest scores go first. */
export type Criterion = (typeof records)[number]['name'];

export const criteria: readonly CriterionRecord<Criterion>[] = records;

const byName = new Map(criteria.map((record) => [record.name, record]));

export function criterionOf(name: Criterion): CriterionRecord<Criterion> {
  return known(byName, name);
}

export interface CriterionFacts extends ArithmeticFacts {
  readonly arithmetic: Arithmetic;
  /** Scores are the weights themselves: nothing is computed, and they are on one scale. */
  readonly isOfWeights: boolean;
  /** Of single weights. */
  readonly ranking: Ranking;
  /** Whether groups of weights can be ranked by it. */
  readonly ranksGroups: boolean;
}

const facts = new Map(
  criteria.map(({ name, arithmetic, groups }): [Criterion, CriterionFacts] => [
    name,
    {
      ...arithmetics[arithmetic.kind],
      ...(arithmetic.kind === 'products' && { need: arithmetic.of }),
      arithmetic,
      isOfWeights: arithmetic.kind === 'weights',
      ranking: arithmetic.kind === 'weights' ? arithmetic.ranking : 'signed',
      ranksGroups: !('because' in groups),
    },
  ]),
);

/** What pruning asks of a criterion, made ready: it is asked in every frame of a drag. */
export function factsOf(name: Criterion): CriterionFacts {
  return known(facts, name);
}
