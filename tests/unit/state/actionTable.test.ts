import { describe, expect, it } from 'vitest';
import { findActions } from '../../../src/state/actions/finding';
import { layerActions } from '../../../src/state/actions/layers';
import { amountOffers, layerOffers } from '../../../src/state/actions/offers';
import { actionsNow, fixedActions } from '../../../src/state/actions/table';
import { notEvaluated } from '../../../src/state/evaluationState';
import { notRepaired } from '../../../src/state/repairState';
import { screen } from '../../../src/state/screen';
import { notSlim } from '../../../src/state/slimState';
import type { StudioState } from '../../../src/state/studio';
import { demoState } from '../../support/demoStudio';

const closed = { evaluation: notEvaluated, repair: notRepaired, slim: notSlim, filter: '' };
const ready = { ...demoState(12), ...closed } as StudioState;
const empty = { ...ready, status: { kind: 'empty' }, checkpoint: null, selection: [] } as StudioState;
const all = actionsNow(ready);
const found = (typed: string, state = ready) => findActions(typed, all, state).map(({ id }) => id);

describe('the table of actions', () => {
  it('has every command once, and no key twice in one place', () => {
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const place of [undefined, 'layers']) {
      const keys = fixedActions.filter(({ within }) => within === place).flatMap((action) => action.keys);
      expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
    }
  });

  it('says of whatever may be out of reach what it needs', () => {
    const silent = all.filter(({ enabled, needs }) => needs === undefined && !enabled(empty));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('leaves only what needs no checkpoint where none is open', () => {
    const can = actionsNow(empty)
      .filter(({ enabled }) => enabled(empty))
      .map(({ id }) => id);
    expect(can).toEqual(expect.arrayContaining(['open', 'palette', 'help', 'colours']));
    for (const id of ['export', 'undo', 'search', 'lockSelected', 'evaluate']) expect(can).not.toContain(id);
  });
});

describe('finding a command', () => {
  it('prefers words of its name, wherever they stand, and finds it by others, too', () => {
    expect(found('undo')[0]).toBe('undo');
    expect(found('heat')[0]).toBe('tab:Heat map');
    expect(found('recipe copy')[0]).toBe('copyRecipe');
    expect(found('freeze')[0]).toBe('lockSelected');
    expect(found('lamp')).toEqual(['preset:lamp-80']);
    expect(found('no such thing')).toEqual([]);
  });

  it('puts what cannot be run now last', () => {
    const ids = found('evaluate');
    expect(ids[0]).toBe('evaluate');
    expect(ids.indexOf('evaluateNow')).toBeGreaterThan(0);
    expect(ready.evaluation.inputs).toBeNull();
  });

  it('finds layers as the filter does, and offers to filter by what is typed', () => {
    const name = ready.checkpoint?.layers[0]?.name ?? '';
    const offers = layerOffers(name, ready);
    expect(offers[0]?.label).toBe(name);
    expect(offers.at(-1)?.label).toBe(`Filter the layers by ${name}`);
    expect(layerOffers('no such layer', ready)).toEqual([]);
    expect(layerOffers(name, empty)).toEqual([]);
  });

  it('reads a percentage as a sparsity to prune to', () => {
    expect(amountOffers('62.5 %').map(({ label }) => label)).toEqual(['Prune what is edited to 62.5 %']);
    expect(amountOffers('120%')).toEqual([]);
    expect(amountOffers('50')).toEqual([]);
  });
});

describe('commands on layers', () => {
  it('mean those that are selected', () => {
    const locked: unknown[] = [];
    const [first] = ready.checkpoint?.layers.filter(({ prunable }) => prunable) ?? [];
    const id = first?.id ?? -1;
    const state = { ...ready, selection: [id], setLocked: (...of: unknown[]) => locked.push(of) } as StudioState;
    void layerActions.find((action) => action.id === 'lockSelected')?.run(state);
    expect(locked).toEqual([[[id], true]]);
  });

  it('show a tab of the editor by its name', () => {
    void all.find(({ id }) => id === 'tab:Drift')?.run(ready);
    expect(screen.getState().editorTab).toBe('Drift');
    screen.getState().showTab('Distribution');
  });
});
