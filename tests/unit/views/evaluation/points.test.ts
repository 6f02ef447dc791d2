import { expect, test } from 'vitest';
import { emptyRecipe } from '../../../../src/pruning/recipe';
import type { TrailPoint } from '../../../../src/state/evaluation';
import { frontier, pointLabel, trailFigures } from '../../../../src/views/evaluation/trail/points';

function point(
  id: number,
  sparsity: number,
  top1: number | undefined,
  origin: TrailPoint['origin'] = 'edit',
): TrailPoint {
  const evaluation = { outputs: [], milliseconds: 1, ...(top1 === undefined ? {} : { accuracy: top1 }) };
  return { id, recipe: emptyRecipe, sparsity, evaluation, origin };
}

test('points in order of sparsity, without those that lack the metric', () => {
  const figures = trailFigures([point(1, 0.9, 0.8), point(2, 0.1, 0.99), point(3, 0.5, undefined)], 'accuracy');
  expect(figures.map(({ point: { id } }) => id)).toEqual([2, 1]);
});

test('the frontier leaves out what another beats in both', () => {
  const figures = trailFigures(
    [point(1, 0, 0.99), point(2, 0.5, 0.95), point(3, 0.6, 0.97), point(4, 0.9, 0.7), point(5, 0.9, 0.6)],
    'accuracy',
  );
  expect(frontier(figures, 'accuracy').map(({ point: { id } }) => id)).toEqual([1, 3, 4]);
});

test('a broken model is on no frontier', () => {
  const figures = trailFigures([point(1, 0.5, 0.9), point(2, 0.9, Number.NaN)], 'accuracy');
  expect(frontier(figures, 'accuracy').map(({ point: { id } }) => id)).toEqual([1]);
});

test('a point says what it is and what it does', () => {
  const [figure] = trailFigures([point(1, 0.623, 0.978, 'auto-tune')], 'accuracy');
  expect(pointLabel(figure!, 'accuracy')).toBe('62.3 % sparsity, Accuracy 97.8 %, auto-tune: return to this recipe');
});
