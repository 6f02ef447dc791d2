/** The picture of a tensor in the heat map: asked for by the view, one at a time. */
import type { Preview, PreviewRequest } from '../engine/pictures/picture';
import { asCheckpointError, type CheckpointError } from '../lib/errors';
import type { Outcome } from '../pruning/resolution';
import type { CheckpointSlice } from './checkpointSlice';
import type { Follow, StudioContext } from './context';
import type { RecipeSlice } from './recipeSlice';

// Named here for the views, which see nothing of the engine.
export type { Preview, Region } from '../engine/pictures/picture';

/** What part of a tensor is to be drawn, in how many cells. */
export type PictureView = Omit<PreviewRequest, 'outcome'>;

export interface Picture {
  readonly view: PictureView;
  readonly cells: Preview;
}

export interface PictureSlice {
  /** The last one drawn: it stays until the next one is there. */
  picture: Picture | null;
  /** Why the last one asked for is not there. */
  pictureError: CheckpointError | null;
  isDrawing: boolean;
  /** A handle is held, and what the picture shows takes too long to follow it. */
  isBehind: boolean;
  /**
   * Asks for a picture of a tensor as an outcome leaves it. Another view takes the place of the one under way at once;
   * another outcome waits for it, so that a drag shows what it passes; where that takes much reading, what it ends at.
   */
  drawPicture(view: PictureView, outcome: Outcome | undefined): void;
}

type Known = PictureSlice & CheckpointSlice & RecipeSlice;

interface Wanted {
  readonly view: PictureView;
  readonly outcome: Outcome | undefined;
  /** Equal for equal pictures. */
  readonly key: string;
}

/** Pictures that take more reading are drawn when the handle is let go: a tenth of a second or two. */
const followedBytes = 128 * 2 ** 20;

export function createPictureSlice({ get, set, engine }: StudioContext<Known>): {
  slice: PictureSlice;
  follow: Follow<Known>;
} {
  let running:
    | (Wanted & { readonly controller: AbortController; readonly checkpoint: CheckpointSlice['checkpoint'] })
    | undefined;
  let next: Wanted | undefined;
  /** What the picture in the state was made of. */
  let drawn: { readonly picture: Picture; readonly key: string } | undefined;

  const draw = async (wanted: Wanted) => {
    const controller = new AbortController();
    const { view, outcome, key } = wanted;
    const { checkpoint } = get();
    running = { ...wanted, controller, checkpoint };
    set({ isDrawing: true, pictureError: null });
    const isCurrent = () => running?.controller === controller;
    try {
      const cells = await engine.call('preview', outcome ? { ...view, outcome } : view, { signal: controller.signal });
      if (isCurrent() && get().checkpoint === checkpoint) {
        drawn = { picture: { view, cells }, key };
        set({ picture: drawn.picture, pictureError: null });
      }
    } catch (error) {
      if (isCurrent()) set({ pictureError: asCheckpointError(error) });
    }
    if (!isCurrent()) return;
    running = undefined;
    set({ isDrawing: false });
    const waiting = next;
    next = undefined;
    if (waiting) get().drawPicture(waiting.view, waiting.outcome);
  };

  /** Whether a handle is held whose picture takes too long to follow it. */
  const waitsForRelease = (view: PictureView) => {
    const { picture, resolution, settled } = get();
    const isHeld = resolution !== settled;
    return isHeld && picture?.view.tensor === view.tensor && picture.cells.bytesForNext > followedBytes;
  };

  const slice: PictureSlice = {
    picture: null,
    pictureError: null,
    isDrawing: false,
    isBehind: false,
    drawPicture: (view, outcome) => {
      const wanted = { view, outcome, key: keyOf(view, outcome) };
      next = undefined;
      const isBehind = waitsForRelease(view);
      if (isBehind !== get().isBehind) set({ isBehind });
      if (isBehind) return;
      if (running?.checkpoint === get().checkpoint && running && viewKey(running.view) === viewKey(view)) {
        if (running.key !== wanted.key) next = wanted;
        return;
      }
      running?.controller.abort();
      const { picture, pictureError } = get();
      if (picture !== null && picture === drawn?.picture && drawn.key === wanted.key && !pictureError) {
        running = undefined;
        set({ isDrawing: false });
        return;
      }
      void draw(wanted);
    },
  };

  return {
    slice,
    follow: (now, previous) => {
      const isSame =
        now.opened === previous.opened &&
        now.checkpoint === previous.checkpoint &&
        // The same program now means another mask.
        now.reference === previous.reference &&
        now.inputNorms === previous.inputNorms &&
        now.inputMoments === previous.inputMoments;
      if (!isSame && now.picture) set({ picture: null });
    },
  };
}

function viewKey({ tensor, axes, rows, columns, region }: PictureView): string {
  const { top, bottom, left, right } = region ?? {};
  return [tensor, JSON.stringify(axes), rows, columns, top, bottom, left, right].join();
}

function keyOf(view: PictureView, outcome: Outcome | undefined): string {
  return `${viewKey(view)} ${JSON.stringify(outcome?.program ?? [])}`;
}
