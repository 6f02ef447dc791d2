import { expect, it } from 'vitest';
import { classFigures, isLost } from '../../../src/evaluation/classFigures';

it('a class is lost that the original knew and the pruned model hardly knows', () => {
  const labels = Int32Array.from([...Array(20).fill(0), ...Array(20).fill(3), 7, 7]);
  const before = Float32Array.from(labels, (label, i) => (label === 7 || i % 10 === 0 ? 0 : 1));
  const after = Float32Array.from(labels, (label, i) => (label === 0 ? (before[i] ?? 0) : i === 21 ? 1 : 0));
  const figures = classFigures(labels, before, after);
  expect(figures).toEqual([
    { label: 0, samples: 20, before: 18, after: 18 },
    { label: 3, samples: 20, before: 18, after: 1 },
    { label: 7, samples: 2, before: 0, after: 0 },
  ]);
  // What the original never knew is not lost.
  expect(figures.filter(isLost).map(({ label }) => label)).toEqual([3]);
});

it('of an evaluation on its way, classes of the first samples count', () => {
  const figures = classFigures(Int32Array.of(1, 2, 1), Float32Array.of(1, 1, 1), Float32Array.of(1, 0));
  expect(figures.map(({ label }) => label)).toEqual([1, 2]);
});
