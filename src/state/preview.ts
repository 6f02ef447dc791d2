/** The picture of a tensor in the heat map: asked for by the view, one at a time. */
import type { Outcome } from '../pruning/resolution';
import type { StudioContext } from './context';
import { asCheckpointError } from './recipeSlice';
import type { Picture, PictureView, StudioState } from './studio';

type PictureSlice = Pick<StudioState, 'picture' | 'pictureError' | 'isDrawing' | 'drawPicture'>;

interface Wanted {
  readonly view: PictureView;
  readonly outcome: Outcome | undefined;
  /** Equal for equal pictures. */
  readonly key: string;
}

/** Pictures that take more reading are drawn when the handle is let go: a tenth of a second or two. */
const followedBytes = 128 * 2 ** 20;

export function createPictureSlice({ get, set, engine }: StudioContext): PictureSlice {
  let running:
    | (Wanted & { readonly controller: AbortController; readonly checkpoint: StudioState['checkpoint'] })
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

  return {
    picture: null,
    pictureError: null,
    isDrawing: false,
    drawPicture: (view, outcome) => {
      const wanted = { view, outcome, key: keyOf(view, outcome) };
      next = undefined;
      if (waitsForRelease(view)) return;
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
}

function viewKey({ tensor, axes, rows, columns, region }: PictureView): string {
  const { top, bottom, left, right } = region ?? {};
  return [tensor, JSON.stringify(axes), rows, columns, top, bottom, left, right].join();
}

function keyOf(view: PictureView, outcome: Outcome | undefined): string {
  return `${viewKey(view)} ${JSON.stringify(outcome?.program ?? [])}`;
}
