import { describe, expect, it } from 'vitest';
import { actions, recipeFileName, recipeText } from '../../../src/state/actions';
import type { StudioState } from '../../../src/state/studio';
import { demoState } from '../../support/demoStudio';

const ready = demoState(12) as StudioState;
const empty = { ...ready, status: { kind: 'empty' }, checkpoint: null } as StudioState;

describe('actions', () => {
  it('never answer to the same key twice', () => {
    const keys = Object.values(actions).flatMap((action) => action.keys.map((key) => key.toLowerCase()));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are known under their own id', () => {
    for (const [id, action] of Object.entries(actions)) expect(action.id).toBe(id);
  });

  it('offer nothing to export, undo or save before a checkpoint is open', () => {
    for (const id of ['export', 'undo', 'redo', 'saveRecipe', 'copyRecipe'] as const) {
      expect(actions[id].enabled(empty)).toBe(false);
    }
    expect(actions.open.enabled(empty)).toBe(true);
  });

  it('leave the recipe alone while a file is written, and can cancel then', () => {
    const exporting: StudioState = { ...ready, status: { kind: 'exporting', progress: null } };
    expect(actions.undo.enabled(ready)).toBe(true);
    expect(actions.undo.enabled(exporting)).toBe(false);
    expect(actions.cancel.enabled(ready)).toBe(false);
    expect(actions.cancel.enabled(exporting)).toBe(true);
  });

  it('can still be used after something went wrong, on the checkpoint that stayed open', () => {
    const failed = { ...ready, status: { kind: 'error', error: new Error() } } as unknown as StudioState;
    expect(actions.export.enabled(failed)).toBe(true);
  });

  it('write the recipe as JSON under a name that says whose it is', () => {
    expect(JSON.parse(recipeText(ready))).toEqual(ready.recipe);
    expect(recipeFileName(ready)).toBe('resnet50-epoch90.recipe.json');
  });
});
