/** The picture of the heat map: the latest wins, and what is there stays until the next one is. */
import { describe, expect, it } from 'vitest';
import type { Preview } from '../../../src/engine/pictures/picture';
import { CheckpointError } from '../../../src/lib/errors';
import type { Outcome } from '../../../src/pruning/resolution';
import { checkpoint, file, newStudio, settled } from './fakeEngine';

const view = { tensor: 0, rows: 4, columns: 4 };
const part = { ...view, region: { top: 0, bottom: 1, left: 0, right: 2 } };

function cellsOf(magnitude: number, bytesForNext = 0): Preview {
  const magnitudes = Float32Array.of(magnitude);
  return { rows: 1, columns: 1, height: 1, width: 1, magnitudes, kept: Float32Array.of(1), bytesForNext };
}

function below(threshold: number): Outcome {
  const score = { criterion: 'magnitude' } as const;
  return { rule: 0, program: [{ kind: 'threshold', score, threshold, ties: 1 }], pruned: 0, zeros: 0, exact: true };
}

async function openStudio() {
  const { engine, studio, open } = newStudio();
  await open();
  const previews = () => engine.calls.filter(({ method }) => method === 'preview');
  const draw = studio.getState().drawPicture;
  return { engine, studio, previews, draw };
}

describe('a picture', () => {
  it('is drawn as the outcome leaves the tensor', async () => {
    const { engine, studio, draw } = await openStudio();
    draw(view, below(0.5));
    expect(studio.getState().isDrawing).toBe(true);
    const call = await engine.last('preview');
    expect(call.params).toEqual({ ...view, outcome: below(0.5) });
    call.answer(cellsOf(1));
    await settled();
    expect(studio.getState()).toMatchObject({ isDrawing: false, pictureError: null, picture: { view } });
  });

  it('is not drawn twice', async () => {
    const { engine, previews, draw } = await openStudio();
    draw(view, below(0.5));
    draw(view, below(0.5));
    (await engine.last('preview')).answer(cellsOf(1));
    await settled();
    draw(view, below(0.5));
    await settled();
    expect(previews()).toHaveLength(1);
  });

  it('of another view takes the place of the one under way; the one that is there stays meanwhile', async () => {
    const { engine, studio, previews, draw } = await openStudio();
    draw(view, undefined);
    const first = await engine.last('preview');
    first.answer(cellsOf(1));
    await settled();
    draw(part, undefined);
    const second = await engine.last('preview');
    draw({ ...view, rows: 9 }, undefined);
    const third = await engine.last('preview');
    expect(previews().map(({ isCancelled }) => isCancelled)).toEqual([false, true, false]);
    second.answer(cellsOf(2));
    await settled();
    expect(studio.getState()).toMatchObject({ isDrawing: true, picture: { view } });
    third.answer(cellsOf(3));
    await settled();
    expect(studio.getState()).toMatchObject({ isDrawing: false, picture: { view: { rows: 9 } } });
  });

  it('of the view that is there again asks for nothing, and stops what is under way', async () => {
    const { engine, studio, draw } = await openStudio();
    draw(view, undefined);
    (await engine.last('preview')).answer(cellsOf(1));
    await settled();
    draw(part, undefined);
    const second = await engine.last('preview');
    draw(view, undefined);
    expect(second.isCancelled).toBe(true);
    expect(studio.getState()).toMatchObject({ isDrawing: false, picture: { view } });
  });

  it('of other outcomes waits for the one under way, and skips all but the last', async () => {
    const { engine, studio, previews, draw } = await openStudio();
    draw(view, below(0.1));
    const first = await engine.last('preview');
    draw(view, below(0.2));
    draw(view, below(0.3));
    await settled();
    expect(previews()).toHaveLength(1);
    first.answer(cellsOf(1));
    const second = await engine.last('preview');
    expect(second.params.outcome).toEqual(below(0.3));
    expect(studio.getState().picture?.cells.magnitudes).toEqual(Float32Array.of(1));
    second.answer(cellsOf(2));
    await settled();
    expect(previews()).toHaveLength(2);
    expect(studio.getState().picture?.cells.magnitudes).toEqual(Float32Array.of(2));
  });

  it.each([
    ['follows a handle that is held', 2 ** 20, 1],
    ['that takes much reading waits until the handle is let go', 2 ** 30, 0],
  ])('%s', async (_, bytesForNext, whileHeld) => {
    const { engine, studio, previews, draw } = await openStudio();
    draw(view, undefined);
    (await engine.last('preview')).answer(cellsOf(1, bytesForNext));
    await settled();
    studio.getState().beginGesture();
    studio.getState().dragThreshold(0.01);
    draw(view, below(0.01));
    await settled();
    expect(previews()).toHaveLength(1 + whileHeld);
    studio.getState().commitGesture();
    draw(view, below(0.01));
    await settled();
    expect(previews()).toHaveLength(2);
  });

  it('that fails says why; the next try is asked for again', async () => {
    const { engine, studio, draw } = await openStudio();
    draw(view, undefined);
    (await engine.last('preview')).fail(new CheckpointError('file-unreadable', 'Gone.'));
    await settled();
    expect(studio.getState()).toMatchObject({ isDrawing: false, picture: null, pictureError: { message: 'Gone.' } });
    // Opening and exporting are not concerned.
    expect(studio.getState().status).toEqual({ kind: 'ready' });
    draw(view, undefined);
    expect(studio.getState().pictureError).toBeNull();
    (await engine.last('preview')).answer(cellsOf(1));
    await settled();
    expect(studio.getState()).toMatchObject({ picture: { view }, pictureError: null });
  });

  it('of a checkpoint that another took the place of is not shown', async () => {
    const { engine, studio, draw } = await openStudio();
    draw(view, undefined);
    const old = await engine.last('preview');
    const opening = studio.getState().openFiles([file('other.safetensors')]);
    (await engine.last('open')).answer(checkpoint('other.safetensors'));
    await opening;
    draw(view, undefined);
    const call = await engine.last('preview');
    old.answer(cellsOf(1));
    await settled();
    expect(studio.getState().picture).toBeNull();
    call.answer(cellsOf(2));
    await settled();
    expect(studio.getState().picture?.cells.magnitudes).toEqual(Float32Array.of(2));
  });
});
