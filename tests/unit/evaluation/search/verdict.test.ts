import { describe, expect, it } from 'vitest';
import type { Baseline, Evaluation } from '../../../../src/evaluation/protocol';
import type { TuneGoal } from '../../../../src/evaluation/search/autoTune';
import type { Trial } from '../../../../src/evaluation/search/bench';
import { isWithin } from '../../../../src/evaluation/search/bound';
import { verdictOn } from '../../../../src/evaluation/search/verdict';

const n = 150;
const places = Array.from({ length: n }, (_, i) => 2 * i);
/** Right on all but each fifth. */
const known = Float32Array.from({ length: 2 * n }, (_, i) => (Math.floor(i / 2) % 5 === 0 ? 0 : 1));
const original: Baseline = {
  ...{ milliseconds: 1, delivery: 'inputs', deliveryReason: '' },
  accuracy: 0.8,
  bySample: { accuracy: known },
};
const limit = { metric: 'accuracy', limit: 0.79 } as const;
const goal: TuneGoal = { kind: 'sparsest', ...limit };

/** Wrong on this many that the original has right, and right on some of the others. */
function evaluationOf(lost: number, won = 0): Evaluation {
  let [losing, winning] = [lost, won];
  const accuracy = Float32Array.from(places, (place) => {
    if (known[place] === 1) return losing-- > 0 ? 0 : 1;
    return winning-- > 0 ? 1 : 0;
  });
  return { outputs: [], milliseconds: 1, accuracy: (120 - lost + won) / n, bySample: { accuracy } };
}

const trialOf = (evaluation: Evaluation): Trial => ({
  recipe: { format: 'secateur-recipe', version: 1, rules: [] },
  evaluation,
  sparsity: 0.3,
  zeros: 30,
});
const judging = { original, samples: 2 * n, places };
const verdict = (best: Evaluation, global: Evaluation) =>
  verdictOn({ best: trialOf(best), global: trialOf(global) }, goal, judging);

describe('what auto-tune says', () => {
  it('is of the inputs that it did not search, with how sure that is', () => {
    expect(verdict(evaluationOf(1), evaluationOf(1))).toBe(
      'At 30.0 % sparsity on 150 inputs that the search did not see: Accuracy 79.3 % ±6.4, −0.7 ±1.8 points against the ' +
        'unpruned model. One global magnitude threshold comes to the same.',
    );
  });

  it('calls better only what is so by more than chance', () => {
    expect(verdict(evaluationOf(1), evaluationOf(3))).toMatch(/these inputs do not tell which is better\.$/);
    expect(verdict(evaluationOf(1), evaluationOf(20))).toMatch(/Better than one global magnitude threshold, 66\.7 % ±/);
    expect(verdict(evaluationOf(20), evaluationOf(1))).toMatch(/Worse than one global magnitude threshold/);
  });

  it('compares with nothing where there are too few inputs to judge on others', () => {
    const tuned = { best: trialOf(evaluationOf(1)), global: trialOf(evaluationOf(20)) };
    expect(verdictOn(tuned, goal, { original, samples: 8 })).not.toMatch(/[Bb]etter/);
  });

  it('says when too few inputs tell that anything can go', () => {
    const nothing = { ...trialOf(evaluationOf(0)), sparsity: 0 };
    expect(verdictOn({ best: nothing, global: nothing }, goal, judging)).toBe(
      'Nothing can go so surely that the goal still holds: 300 inputs tell no more: one is 0.33 points.',
    );
  });
});

describe('a bound', () => {
  it('is kept with a margin of what chance may hide on the inputs that judge', () => {
    const judges = { name: 'verdict', places } as const;
    expect(isWithin(limit, evaluationOf(1), original, judges)).toBe(true);
    expect(isWithin(limit, evaluationOf(2), original, judges)).toBe(false);
    // As many lost, and others won: no loss, but less sure.
    expect(isWithin(limit, evaluationOf(8, 8), original, judges)).toBe(true);
    expect(isWithin(limit, evaluationOf(9, 8), original, judges)).toBe(false);
    // Where a search only looks for what may do, the figure itself counts.
    const searched = { name: 'search', places } as const;
    expect(isWithin(limit, evaluationOf(9, 8), original, searched)).toBe(true);
  });
});
