/** What would be lost with the page. */
import { describe, expect, it } from 'vitest';
import { initialRecipe } from '../../../src/pruning/edit';
import { formatRecipe } from '../../../src/pruning/parseRecipe';
import { hasUnsavedWork } from '../../../src/state/unsaved';
import { checkpoint, file, newStudio } from './fakeEngine';

const report = { files: [], weights: 12, zeros: 6, changed: 1, changedWithOthers: 0 };

describe('work that only the page holds', () => {
  it('is none before a file is open, and after one is opened', async () => {
    const { studio, open } = newStudio();
    expect(hasUnsavedWork(studio.getState())).toBe(false);
    await open();
    expect(hasUnsavedWork(studio.getState())).toBe(false);
  });

  it('is there after an edit, until it is undone', async () => {
    const { studio, open } = newStudio();
    await open();
    studio.getState().setThreshold(0.3);
    expect(hasUnsavedWork(studio.getState())).toBe(true);
    studio.getState().undo();
    expect(hasUnsavedWork(studio.getState())).toBe(false);
  });

  it('is none of a recipe that came with the file', async () => {
    const { engine, studio } = newStudio();
    const recipe = { ...initialRecipe(), locked: ['norm.*'] };
    const opening = studio.getState().openFiles([file('m.pth'), file('r.json', formatRecipe(recipe))]);
    (await engine.last('open')).answer(checkpoint('m.pth'));
    await opening;
    expect(studio.getState().recipe).toEqual(recipe);
    expect(hasUnsavedWork(studio.getState())).toBe(false);
  });

  it('is none once it was exported, and again after the next edit', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    studio.getState().setThreshold(0.3);
    const exporting = studio.getState().exportCheckpoint();
    (await engine.last('export')).answer(report);
    await exporting;
    studio.getState().clearExportReport();
    expect(hasUnsavedWork(studio.getState())).toBe(false);
    studio.getState().setThreshold(0.2);
    expect(hasUnsavedWork(studio.getState())).toBe(true);
    studio.getState().markSaved();
    expect(hasUnsavedWork(studio.getState())).toBe(false);
  });
});
