import { afterEach, describe, expect, it, vi } from 'vitest';
import { formatRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { hashOfRecipe, hasRepair } from '../../../src/pruning/repair';
import { recipeText } from '../../../src/state/actions';
import { shownEvaluation } from '../../../src/state/repairState';
import { createStudio } from '../../../src/state/store';
import { engineInThread, evaluationInThread, sampleFile } from '../../support/studio';

type Store = ReturnType<typeof createStudio>;

const patience = { timeout: 60_000, interval: 20 };
const open: Store[] = [];

function newStudio() {
  const engine = engineInThread();
  const studio = createStudio(engine, evaluationInThread(engine, 'inputs'));
  open.push(studio);
  return { engine, studio };
}

/** The sample at 97 %, on its labelled test set, with few samples to fit to. */
async function prunedDigits() {
  const { engine, studio } = newStudio();
  await studio.getState().openFiles([sampleFile('digits-cnn.onnx')]);
  await studio.getState().evaluateCheckpoint();
  await studio.getState().setInputs({ kind: 'arrays', files: [sampleFile('digits-test.npz')] });
  const source = { kind: 'arrays', files: [sampleFile('digits-calibration.npz')] } as const;
  studio.getState().setCalibration({ kind: 'own', source, title: 'digits-calibration.npz' });
  studio.getState().setRepairSettings({ samples: 64 });
  await pruneTo(studio, 0.97);
  return { engine, studio };
}

async function pruneTo(studio: Store, sparsity: number): Promise<void> {
  studio.getState().setEditScope('model');
  studio.getState().setTargetSparsity(sparsity);
  await evaluated(studio);
}

async function evaluated(studio: Store): Promise<void> {
  await vi.waitFor(() => {
    const { evaluation, pass } = studio.getState();
    expect([evaluation.status.kind, evaluation.stale, pass]).toEqual(['ready', false, null]);
  }, patience);
}

function accuracyOf(studio: Store): number {
  const { evaluation, repair } = studio.getState();
  return shownEvaluation(evaluation, repair)?.accuracy ?? Number.NaN;
}

const repairOf = (studio: Store) => studio.getState().repair;

async function programs(studio: Store): Promise<string[]> {
  const outcomes = await studio.getState().settleExactly();
  return [...(outcomes ?? new Map()).values()].flatMap(({ program }) =>
    program.map(({ kind }: { kind: string }) => kind),
  );
}

describe('repair', () => {
  afterEach(() => {
    for (const studio of open.splice(0)) studio.getState().closeEvaluation();
  });

  it('wins back what pruning took, is shown, exported and undone with the recipe, and is stale after an edit', async () => {
    const { studio } = await prunedDigits();
    const pruned = accuracyOf(studio);
    const before = studio.getState().recipe;
    expect(pruned).toBeLessThan(0.71);
    expect(repairOf(studio)).toMatchObject({ report: null, isFresh: false, wasPressed: false });

    await studio.getState().repairNow();
    expect(repairOf(studio)).toMatchObject({ status: { kind: 'idle' }, isFresh: true, on: true });
    const won = accuracyOf(studio);
    expect(won).toBeGreaterThan(0.95);
    const { recipe } = studio.getState();
    expect(hasRepair(recipe)).toBe(true);
    expect(recipe.repair).toMatchObject({ samples: 64, damping: 0.01, of: hashOfRecipe(before) });
    await evaluated(studio);
    // The same figures of what is only pruned: nothing was run again for it.
    expect(studio.getState().evaluation.trail.map(({ origin }) => origin)).toEqual(['edit', 'edit', 'repaired']);
    expect(await programs(studio)).toContain('values');

    studio.getState().setRepaired(false);
    expect(accuracyOf(studio)).toBe(pruned);
    expect(await programs(studio)).not.toContain('values');
    studio.getState().setRepaired(true);
    expect(accuracyOf(studio)).toBe(won);

    await pruneTo(studio, 0.9);
    expect(repairOf(studio)).toMatchObject({ isFresh: false, on: true });
    expect(repairOf(studio).report).not.toBeNull();
    expect(await programs(studio)).not.toContain('values');
    expect(recipeText(studio.getState())).not.toContain('"repair"');

    studio.getState().undo();
    expect(repairOf(studio).isFresh).toBe(true);
    expect(accuracyOf(studio)).toBe(won);
    expect(recipeText(studio.getState())).toContain('"repair"');
    studio.getState().undo();
    expect(studio.getState().recipe).toBe(before);
    expect(repairOf(studio)).toMatchObject({ report: null, isFresh: false });
    studio.getState().redo();
    expect(accuracyOf(studio)).toBe(won);
  }, 180_000);

  it('follows an edit while it is live and quick enough, as one with it for undo', async () => {
    const { studio } = await prunedDigits();
    await studio.getState().repairNow();
    const first = studio.getState().recipe;
    studio.setState({ repair: { ...repairOf(studio), took: [1] } });
    studio.getState().setLiveRepair(true);
    await pruneTo(studio, 0.9);
    await vi.waitFor(() => expect(repairOf(studio).isFresh).toBe(true), patience);
    expect(studio.getState().recipe.repair).not.toEqual(first.repair);
    studio.getState().undo();
    expect(studio.getState().recipe).toBe(first);
    expect(repairOf(studio).isFresh).toBe(true);
    // What was undone to was not repaired: it stays so.
    studio.getState().undo();
    await evaluated(studio);
    expect(studio.getState().recipe.repair).toBeUndefined();
    expect(repairOf(studio).status.kind).toBe('idle');

    studio.getState().redo();
    studio.setState({ repair: { ...repairOf(studio), took: [1] } });
    // A handle that rests is repaired while it is held, and what is let go of has that repair.
    studio.getState().beginGesture();
    studio.getState().dragSparsity(0.95);
    await vi.waitFor(() => expect(repairOf(studio).isFresh).toBe(true), patience);
    const held = repairOf(studio).report;
    expect(accuracyOf(studio)).toBeGreaterThan(0.95);
    studio.getState().dragSparsity(0.94);
    expect(repairOf(studio).isFresh).toBe(false);
    studio.getState().dragSparsity(0.93);
    await vi.waitFor(() => expect(repairOf(studio).isFresh).toBe(true), patience);
    expect(repairOf(studio).report).not.toBe(held);
    studio.getState().commitGesture();
    expect(repairOf(studio).isFresh).toBe(true);
    expect(hasRepair(studio.getState().recipe)).toBe(true);
    studio.getState().undo();
    expect(studio.getState().recipe).toBe(first);

    studio.setState({ repair: { ...repairOf(studio), took: [60_000] } });
    await pruneTo(studio, 0.8);
    expect(repairOf(studio)).toMatchObject({ isFresh: false, status: { kind: 'idle' } });
  }, 180_000);

  it('takes a share of the inputs that is left out of the figures, and gives it back where it is cancelled', async () => {
    const { studio } = await prunedDigits();
    studio.getState().setCalibration({ kind: 'share' });
    const { inputs, trail } = studio.getState().evaluation;
    const repairing = studio.getState().repairNow();
    await vi.waitFor(
      () => expect(repairOf(studio).status).toMatchObject({ step: expect.stringMatching(/^fitting/) }),
      patience,
    );
    studio.getState().cancelRepair();
    expect(repairOf(studio).status.kind).toBe('idle');
    await repairing;
    expect(studio.getState().evaluation).toMatchObject({ inputs, trail, stale: false });
    expect(repairOf(studio)).toMatchObject({ report: null, used: null });

    await studio.getState().repairNow();
    expect(repairOf(studio).used).toMatchObject({ samples: 64, judged: 535, given: 599 });
    expect(studio.getState().evaluation.inputs?.samples).toBe(535);
    expect(repairOf(studio).isFresh).toBe(true);
  }, 180_000);

  it('says where there is nothing to win, and does not touch random inputs without being told', async () => {
    const { studio } = newStudio();
    await studio.getState().openFiles([sampleFile('digits-cnn.onnx')]);
    await studio.getState().evaluateCheckpoint();
    expect(repairOf(studio).usual).toBeNull();
    await studio.getState().repairNow();
    expect(repairOf(studio)).toMatchObject({ wasPressed: false, status: { kind: 'idle' } });
    await studio.getState().setInputs({ kind: 'arrays', files: [sampleFile('digits-test.npz')] });
    expect(repairOf(studio).usual).toEqual({ kind: 'share' });
    await studio.getState().repairNow();
    expect(repairOf(studio).status).toMatchObject({ kind: 'refused', sentence: expect.stringContaining('nothing') });
    expect(repairOf(studio).report).toBeNull();
    expect(studio.getState().canUndo).toBe(false);
    expect(studio.getState().evaluation.inputs?.samples).toBe(599);
  }, 180_000);

  it('comes back from the recipe and the file beside it, and a recipe that repairs between steps not without it', async () => {
    const { engine, studio } = await prunedDigits();
    await studio.getState().repairNow();
    const { report } = repairOf(studio);
    const { file, name } = await engine.call('repairFile', { repair: report!.repair });
    const side = new File([file], name);
    const recipeFile = (recipe: Recipe) => new File([formatRecipe(recipe)], 'digits.recipe.json');
    const { recipe } = studio.getState();

    const { studio: fresh } = newStudio();
    await fresh.getState().takeDropped([sampleFile('digits-cnn.onnx'), recipeFile(recipe), side]);
    expect(fresh.getState().status).toEqual({ kind: 'ready' });
    expect(repairOf(fresh)).toMatchObject({ isFresh: true, isMissing: false, on: true });
    expect(repairOf(fresh).report?.repair.tensors).toEqual(report!.repair.tensors);

    const { studio: without } = newStudio();
    await without.getState().takeDropped([sampleFile('digits-cnn.onnx'), recipeFile(recipe)]);
    expect(repairOf(without)).toMatchObject({ isFresh: false, isMissing: true });
    // The recipe is there already.
    await without.getState().takeDropped([side]);
    expect(repairOf(without)).toMatchObject({ isFresh: true, isMissing: false });

    const between: Recipe = { ...recipe, repair: { ...recipe.repair!, between: true } };
    const { studio: refusing } = newStudio();
    await refusing.getState().takeDropped([sampleFile('digits-cnn.onnx'), recipeFile(between)]);
    expect(refusing.getState().status).toMatchObject({ kind: 'error', error: { code: 'repair-missing' } });
  }, 180_000);
});
