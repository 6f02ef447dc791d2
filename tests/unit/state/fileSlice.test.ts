import { describe, expect, it } from 'vitest';
import type { ExportReport } from '../../../src/engine/protocol';
import { CheckpointError } from '../../../src/lib/errors';
import { initialRecipe } from '../../../src/pruning/edit';
import { formatRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { checkpoint, file, newStudio, refined, settled } from './fakeEngine';

const recipe: Recipe = {
  format: 'secateur-recipe',
  version: 1,
  rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { threshold: 0.3 } }],
};
const damaged = new CheckpointError('malformed-file', 'It ends too early.');
const report: ExportReport = {
  files: [{ name: 'model-pruned.safetensors', size: 64 }],
  weights: 12,
  zeros: 6,
  changed: 1,
  changedWithOthers: 0,
};

describe('opening', () => {
  it('shows what is under way, then the checkpoint with nothing pruned', async () => {
    const { engine, studio } = newStudio();
    const state = studio.getState;
    expect(state().status).toEqual({ kind: 'empty' });
    const opening = state().openFiles([file('model.pth')]);
    expect(state().status).toEqual({ kind: 'opening', fileName: 'model.pth', progress: null });
    const call = await engine.last('open');
    const progress = { stage: 'measuring', done: 32, total: 64, tensorsDone: 1, tensorsTotal: 3 } as const;
    call.progress(progress);
    expect(state().status).toEqual({ kind: 'opening', fileName: 'model.pth', progress });
    call.answer(checkpoint('model.pth'));
    await opening;
    expect(state().status).toEqual({ kind: 'ready' });
    expect(state()).toMatchObject({ recipe: initialRecipe(), selection: [0], canUndo: false });
    expect(state().outcome).toMatchObject({ weights: 12, zeros: 0, exact: true });
  });

  it('knows the structure of the file before it is measured, as long as it is being opened', async () => {
    const { engine, studio } = newStudio();
    const state = studio.getState;
    const structure = checkpoint('model.pth');
    const measuring = { stage: 'measuring', total: 64 } as const;
    const openAndMeasure = async () => {
      const opening = state().openFiles([file('model.pth')]);
      const call = await engine.last('open');
      call.progress({ ...measuring, done: 0, structure });
      call.progress({ ...measuring, done: 32 });
      return { opening, call };
    };
    const cancelled = await openAndMeasure();
    expect(state().status).toEqual({
      kind: 'opening',
      fileName: 'model.pth',
      progress: { ...measuring, done: 32 },
      structure,
    });
    expect(state().checkpoint).toBeNull();
    state().cancel();
    await cancelled.opening;
    expect(state().status).toEqual({ kind: 'empty' });
    const failed = await openAndMeasure();
    failed.call.fail(damaged);
    await failed.opening;
    expect(state().status).toEqual({ kind: 'error', error: expect.objectContaining({ code: 'malformed-file' }) });
  });

  it('that fails keeps what was open, with its recipe and its undo', async () => {
    const { engine, studio, open } = newStudio();
    const state = studio.getState;
    await open();
    state().setThreshold(0.3);
    const before = state();
    state().markSaved();
    const opening = state().openFiles([file('cut.pth')]);
    (await engine.last('open')).fail(damaged);
    await opening;
    expect(state().status).toMatchObject({ kind: 'error', error: { code: 'malformed-file' } });
    expect(state().checkpoint).toBe(before.checkpoint);
    expect(state().recipe).toBe(before.recipe);
    expect(state().canUndo).toBe(true);
    state().dismissError();
    expect(state().status).toEqual({ kind: 'ready' });
  });

  it('that fails with nothing open leaves the start page, until the next one starts', async () => {
    const { engine, studio, open } = newStudio();
    const opening = studio.getState().openFiles([file('cut.pth')]);
    (await engine.last('open')).fail(damaged);
    await opening;
    expect(studio.getState()).toMatchObject({ status: { kind: 'error' }, checkpoint: null });
    await open();
    expect(studio.getState().status).toEqual({ kind: 'ready' });
  });

  it('is cancelled at once, whatever the worker is doing', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    const before = studio.getState().checkpoint;
    const opening = studio.getState().openFiles([file('huge.pth')]);
    const call = await engine.last('open');
    studio.getState().cancel();
    await opening;
    expect(call.isCancelled).toBe(true);
    expect(studio.getState()).toMatchObject({ status: { kind: 'ready' }, checkpoint: before });
    call.answer(checkpoint('huge.pth'));
    await settled();
    expect(studio.getState().checkpoint).toBe(before);
  });

  it('gives way to a newer one', async () => {
    const { engine, studio } = newStudio();
    const first = studio.getState().openFiles([file('first.pth')]);
    const firstCall = await engine.last('open');
    const second = studio.getState().openFiles([file('second.pth')]);
    const secondCall = await engine.last('open');
    expect(firstCall.isCancelled).toBe(true);
    firstCall.progress({ stage: 'measuring', done: 1, total: 2 });
    firstCall.answer(checkpoint('first.pth'));
    await first;
    expect(studio.getState().status).toEqual({ kind: 'opening', fileName: 'second.pth', progress: null });
    secondCall.answer(checkpoint('second.pth'));
    await second;
    expect(studio.getState().checkpoint?.fileName).toBe('second.pth');
  });

  it('of no files is nothing', async () => {
    const { studio } = newStudio();
    await studio.getState().openFiles([]);
    expect(studio.getState().status).toEqual({ kind: 'empty' });
  });
});

describe('another checkpoint over unsaved work', () => {
  const likeness = { fileName: 'b.pth', graph: false, weights: 2, ofSameShape: 2, ofSameName: 3 };
  const asking = async () => {
    const made = newStudio();
    await made.open('a.pth');
    made.studio.getState().setThreshold(0.3);
    const giving = made.studio.getState().takeDropped([file('b.pth'), file('r.json', formatRecipe(recipe))]);
    (await made.engine.last('compare')).answer(likeness);
    await giving;
    return made;
  };

  it('is asked about, and nothing has happened until it is answered', async () => {
    const { engine, studio } = await asking();
    const { recipe: before } = studio.getState();
    expect(studio.getState()).toMatchObject({
      status: { kind: 'ready' },
      question: { about: 'another', fileName: 'b.pth', inCommon: 3, isUnsaved: true },
      checkpoint: { fileName: 'a.pth' },
    });
    await studio.getState().answer('cancel');
    expect(engine.calls.at(-1)?.method).toBe('compare');
    expect(studio.getState().recipe).toBe(before);
  });

  it('takes its place with the recipe that came with it', async () => {
    const { engine, studio } = await asking();
    const answering = studio.getState().answer('replace');
    (await engine.last('open')).answer(checkpoint('b.pth'));
    await answering;
    expect(studio.getState()).toMatchObject({ checkpoint: { fileName: 'b.pth' }, recipe, canUndo: true });
    expect(studio.getState().notice?.text).toBe('r.json: 1 of 1 rule matched 2 tensors.');
  });

  it('becomes the reference, and what is open stays', async () => {
    const { engine, studio } = await asking();
    const answering = studio.getState().answer('reference');
    const call = await engine.last('openReference');
    call.answer({ fileName: 'b.pth', matched: [0, 2], missing: [1] });
    await answering;
    expect(studio.getState()).toMatchObject({ checkpoint: { fileName: 'a.pth' }, reference: { fileName: 'b.pth' } });
  });

  it('that is none is named without a question', async () => {
    const { engine, studio, open } = newStudio();
    await open('a.pth');
    studio.getState().setThreshold(0.3);
    const giving = studio.getState().openFiles([file('notes.txt', 'hello')]);
    (await engine.last('compare')).fail(new CheckpointError('unrecognised-file', 'This is a text.'));
    await giving;
    expect(studio.getState()).toMatchObject({ question: null, status: { kind: 'error' } });
  });
});

describe('a recipe beside the files', () => {
  it('is applied to the checkpoint it comes with', async () => {
    const { engine, studio } = newStudio();
    const opening = studio.getState().openFiles([file('r.json', formatRecipe(recipe)), file('model.pth')]);
    (await engine.last('open')).answer(checkpoint('model.pth'));
    await opening;
    expect(studio.getState().recipe).toEqual(recipe);
    expect(studio.getState().outcome.zeros).toBe(2);
  });

  it('alone is applied to the checkpoint that is open, and can be undone', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    await studio.getState().openFiles([file('r.json', formatRecipe(recipe))]);
    expect(studio.getState().recipe).toEqual(recipe);
    expect(engine.calls).toHaveLength(1);
    studio.getState().undo();
    expect(studio.getState().recipe).toEqual(initialRecipe());
  });

  it('is told from other JSON, which is opened so that it is named, and what was open stays', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    const before = studio.getState().checkpoint;
    const opening = studio.getState().openFiles([file('trainer_state.json', '{"log_history": []}')]);
    const call = await engine.last('open');
    expect(call.params.files.map(({ name }) => name)).toEqual(['trainer_state.json']);
    call.fail(new CheckpointError('unrecognised-file', 'This is the log of a training run.'));
    await opening;
    expect(studio.getState().status).toMatchObject({ kind: 'error', error: { code: 'unrecognised-file' } });
    expect(studio.getState().checkpoint).toBe(before);
  });

  it('is not what other JSON beside a checkpoint is: the engine is given it, and names it', async () => {
    const { engine, studio } = newStudio();
    const opening = studio.getState().openFiles([file('config.json', '{"format": "other"}'), file('model.pth')]);
    const call = await engine.last('open');
    expect(call.params.files.map(({ name }) => name)).toEqual(['config.json', 'model.pth']);
    call.answer(checkpoint('model.pth'));
    await opening;
    expect(studio.getState().status).toEqual({ kind: 'ready' });
    expect(studio.getState().recipe).toEqual(initialRecipe());
  });

  it('is the first by name of several, and the others are named', async () => {
    const { engine, studio } = newStudio();
    const text = formatRecipe(recipe);
    const opening = studio.getState().openFiles([file('b.json', text), file('model.pth'), file('a.json', text)]);
    (await engine.last('open')).answer(checkpoint('model.pth'));
    await opening;
    expect(studio.getState().recipe).toEqual(recipe);
    expect(studio.getState().checkpoint?.notes).toEqual([
      { severity: 'warning', text: 'b.json was left aside: one recipe is applied at a time, a.json.' },
    ]);
  });

  it('of several without a checkpoint is not guessed', async () => {
    const { studio, open } = newStudio();
    await open();
    await studio.getState().openFiles([file('b.json', formatRecipe(recipe)), file('a.json', formatRecipe(recipe))]);
    expect(studio.getState().status).toMatchObject({
      kind: 'error',
      error: { code: 'invalid-recipe', message: 'Several recipes were given: a.json and b.json.' },
    });
    expect(studio.getState().recipe).toEqual(initialRecipe());
  });

  it('alone with nothing open waits for the next checkpoint, for that one only', async () => {
    const { studio, open } = newStudio();
    await studio.getState().openFiles([file('r.json', formatRecipe(recipe))]);
    expect(studio.getState()).toMatchObject({ status: { kind: 'empty' }, awaited: { name: 'r.json' } });
    await open();
    expect(studio.getState()).toMatchObject({ recipe, awaited: null });
    studio.getState().closeCheckpoint();
    await open('other.safetensors');
    expect(studio.getState().recipe).toEqual(initialRecipe());
  });

  it('that matches nothing here changes nothing, and says so', async () => {
    const { studio, open } = newStudio();
    await open();
    studio.getState().setThreshold(0.3);
    const before = studio.getState().recipe;
    const other = { ...recipe, rules: recipe.rules.map((rule) => ({ ...rule, tensors: ['features.*'] })) };
    await studio.getState().takeDropped([file('r.json', formatRecipe(other))]);
    expect(studio.getState().recipe).toBe(before);
    expect(studio.getState().status).toMatchObject({
      kind: 'error',
      error: { message: '0 of 1 rule of r.json matched a tensor of model.safetensors, so nothing was changed.' },
    });
  });

  it('that is refused leaves the checkpoint it came with open', async () => {
    const { engine, studio } = newStudio();
    const opening = studio
      .getState()
      .openFiles([file('model.pth'), file('r.json', '{"format": "secateur-recipe", "version": 99}')]);
    (await engine.last('open')).answer(checkpoint('model.pth'));
    await opening;
    expect(studio.getState().status).toMatchObject({ kind: 'error', error: { context: { record: 'version' } } });
    expect(studio.getState().checkpoint?.fileName).toBe('model.pth');
    expect(studio.getState().recipe).toEqual(initialRecipe());
  });
});

describe('exporting', () => {
  it('settles exact amounts first, then writes them', async () => {
    const { engine, studio, open } = newStudio();
    const state = studio.getState;
    await open();
    state().setEditScope('model');
    state().setTargetSparsity(0.5);
    const exporting = state().exportCheckpoint();
    expect(state().status).toEqual({ kind: 'exporting', progress: null });
    const lookUp = await engine.last('lookUp');
    lookUp.progress({ stage: 'refining', done: 1, total: 2 });
    expect(state().status).toMatchObject({ progress: { stage: 'refining' } });
    lookUp.answer(refined(lookUp.params.requests));
    const call = await engine.last('export');
    for (const outcome of call.params.outcomes.values()) expect(outcome.exact).toBe(true);
    expect([...call.params.outcomes.values()].reduce((sum, { zeros }) => sum + zeros, 0)).toBe(6);
    expect(engine.calls.filter(({ method }) => method === 'lookUp')).toHaveLength(1);
    call.answer(report);
    await exporting;
    expect(state()).toMatchObject({ status: { kind: 'ready' }, exportReport: report });
    state().clearExportReport();
    expect(state().exportReport).toBeNull();
  });

  it('that is cancelled while the recipe is made exact lets that go on', async () => {
    const { engine, studio, open } = newStudio();
    const state = studio.getState;
    await open();
    state().setTargetSparsity(0.5);
    const exporting = state().exportCheckpoint();
    const lookUp = await engine.last('lookUp');
    state().cancel();
    await exporting;
    expect(state()).toMatchObject({ status: { kind: 'ready' }, exportReport: null, pass: { progress: null } });
    expect(lookUp.isCancelled).toBe(false);
    lookUp.answer(refined(lookUp.params.requests));
    await settled();
    expect(state()).toMatchObject({ pass: null, outcome: { exact: true } });
  });

  it('that is cancelled gives no report', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    const exporting = studio.getState().exportCheckpoint();
    const call = await engine.last('export');
    studio.getState().cancel();
    await exporting;
    expect(call.isCancelled).toBe(true);
    expect(studio.getState()).toMatchObject({ status: { kind: 'ready' }, exportReport: null });
  });

  it('that fails says why, with everything still open', async () => {
    const { engine, studio, open } = newStudio();
    await open();
    const exporting = studio.getState().exportCheckpoint();
    (await engine.last('export')).fail(new CheckpointError('write-failed', 'The disk is full.'));
    await exporting;
    expect(studio.getState().status).toMatchObject({ kind: 'error', error: { code: 'write-failed' } });
    expect(studio.getState().checkpoint).not.toBeNull();
  });
});

describe('a worker that crashes', () => {
  it('ends what was under way, and is started again for the next', async () => {
    const { engine, studio, open } = newStudio();
    await open('model.pth');
    const exporting = studio.getState().exportCheckpoint();
    await engine.last('export');
    engine.crash();
    await exporting;
    expect(studio.getState().status).toMatchObject({ kind: 'error', error: { code: 'worker-crashed' } });

    const again = studio.getState().exportCheckpoint();
    const reopening = await engine.last('open');
    expect(reopening.params.files.map(({ name }) => name)).toEqual(['model.pth']);
    reopening.answer(checkpoint('model.pth'));
    (await engine.last('export')).answer(report);
    await again;
    expect(studio.getState()).toMatchObject({ status: { kind: 'ready' }, exportReport: report });
  });
});
