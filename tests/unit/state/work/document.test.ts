/** Work as it is written and read again: nothing is lost, and nothing is taken on trust. */
import { describe, expect, it } from 'vitest';
import { found } from '../../../../src/lib/known';
import { initialRecipe } from '../../../../src/pruning/edit';
import { readWork, type Upgrade, type Work, writeWork } from '../../../../src/state/work/document';

const half = { ...initialRecipe(), locked: ['norm.*'] };
const entries = [initialRecipe(), half, initialRecipe()].map((recipe, i) => ({ recipe, what: `step ${i}`, at: i }));
const [first, second, third] = entries;

const kept: Work = {
  history: {
    past: [found(first, 'an entry')],
    present: found(second, 'an entry'),
    future: [found(third, 'an entry')],
  },
  snapshots: [{ id: 'a', name: 'half', at: 3, what: 'step 1', recipe: half, sparsity: 0.5 }],
  pinned: ['a'],
  selection: [2],
  view: { editScope: 'selected', filter: 'conv', unfolded: true, openGroups: ['g'], tab: 'Drift' },
};

describe('work on the shelf', () => {
  it('is read as it was written, and equal recipes are one', () => {
    const read = readWork(structuredClone(writeWork(kept)));
    expect(read).toEqual({ kind: 'work', work: kept });
    if (read.kind !== 'work') throw new Error('It is work.');
    expect(read.work.history.past[0]?.recipe).toBe(read.work.history.future[0]?.recipe);
    expect(read.work.snapshots[0]?.recipe).toBe(read.work.history.present.recipe);
  });

  it('of a newer Secateur is left alone, and what is none is said to be damaged', () => {
    expect(readWork({ ...writeWork(kept), version: 2 })).toEqual({ kind: 'newer', version: 2 });
    const { history } = writeWork(kept);
    const wrong = { ...history, present: { ...history.present, recipe: '{"format":"secateur-recipe"}' } };
    for (const document of [
      undefined,
      {},
      7,
      { ...writeWork(kept), history: wrong },
      { ...writeWork(kept), view: 1 },
    ]) {
      expect(readWork(document)).toEqual({ kind: 'damaged' });
    }
  });

  it('of an older version is read as the newest has it, step by step', () => {
    const { selection, ...older } = writeWork(kept);
    const upgrades = new Map<number, Upgrade>([
      [-1, (document: object) => ({ ...document, version: 0, chosen: selection })],
      [
        0,
        (document) => {
          const { chosen, ...rest } = document as { chosen?: unknown };
          return { ...rest, version: 1, selection: chosen };
        },
      ],
    ]);
    expect(readWork({ ...older, version: -1 }, upgrades)).toEqual({ kind: 'work', work: kept });
  });
});
