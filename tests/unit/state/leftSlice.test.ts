/** What a program leaves: measured once, and never that of an earlier recipe. */
import { describe, expect, it } from 'vitest';
import { newStudio, settled } from './fakeEngine';

async function openStudio() {
  const { engine, studio, open } = newStudio();
  await open();
  const state = studio.getState;
  state().setEditScope('model');
  state().setThreshold(10);
  await settled();
  const ids = [...state().settled.outcomes.keys()];
  const pruned = ids.filter((id) => (state().settled.outcomes.get(id)?.program.length ?? 0) > 0);
  return { engine, state, pruned, lookUps: () => engine.calls.filter(({ method }) => method === 'lookUp') };
}

describe('what is left', () => {
  it('is asked for with the program of each tensor, and kept by it', async () => {
    const { engine, state, pruned, lookUps } = await openStudio();
    expect(pruned.length).toBeGreaterThan(0);
    const before = lookUps().length;
    state().measureLeft(pruned);
    const call = await engine.last('lookUp');
    expect(call.params.requests.map(({ kind, tensor }) => [kind, tensor])).toEqual(pruned.map((id) => ['scores', id]));
    const statistics = pruned.map((id) => state().candidates.find((each) => each.id === id)!.statistics);
    call.answer(statistics);
    await settled();
    expect([...state().left.keys()]).toEqual(pruned);
    expect(state().left.get(pruned[0]!)).toEqual({
      program: state().settled.outcomes.get(pruned[0]!)!.program,
      statistics: statistics[0],
    });
    state().measureLeft(pruned);
    await settled();
    expect(lookUps()).toHaveLength(before + 1);
  });

  it('is that of the last call alone', async () => {
    const { engine, state, pruned } = await openStudio();
    state().measureLeft(pruned);
    const first = await engine.last('lookUp');
    state().measureLeft([]);
    first.answer(pruned.map((id) => state().candidates.find((each) => each.id === id)!.statistics));
    await settled();
    expect(state().left.size).toBe(0);
  });
});
