/** A second checkpoint beside the open one: compared as a whole, and looked at tensor by tensor. */
import type { PairPart } from '../engine/compare/pairSource';
import type { PairPictureRequest, PairStatistics } from '../engine/compare/pairStatistics';
import type { Preview } from '../engine/pictures/picture';
import type { OtherCheckpoint } from '../engine/protocol';
import { asCheckpointError, type CheckpointError } from '../lib/errors';
import type { ComparedTensor, Comparison } from '../tensors/comparison/comparison';
import type { CheckpointSlice } from './checkpointSlice';
import type { Follow, StudioContext } from './context';
import { nameToShow } from './dropped';
import { screen } from './screen';
import type { Progress } from './statusSlice';

// Named here for the views, which see nothing of the engine.
export type { PairPart, PairPictureRequest, PairStatistics };

export interface Compared {
  /** Of the second. */
  readonly fileName: string;
  /** Once its structure is read. */
  readonly other?: OtherCheckpoint;
  readonly progress: Progress | null;
  readonly error?: CheckpointError;
  /** From the open one to the second. Absent while it is under way, and where it failed. */
  readonly comparison?: Comparison;
}

export interface CompareSlice {
  /** Null while nothing is compared with the open checkpoint. */
  readonly compared: Compared | null;
  /** Takes the place of what was compared before; the screen shows it from the beginning. */
  compareWith(files: readonly File[]): Promise<void>;
  /** Stops what is under way, and forgets the second file. */
  endComparing(): void;
  /** Of both and their difference. @throws CheckpointError */
  measurePair(tensor: ComparedTensor, signal: AbortSignal): Promise<PairStatistics>;
  /** @returns undefined where there is nothing to draw @throws CheckpointError */
  pairPicture(request: PairPictureRequest, signal: AbortSignal): Promise<Preview | undefined>;
}

type Known = CompareSlice & CheckpointSlice;

export function createCompareSlice({ get, set, engine }: StudioContext<Known>): {
  slice: CompareSlice;
  follow: Follow<Known>;
} {
  let running: AbortController | undefined;

  const end = () => {
    running?.abort();
    running = undefined;
    if (get().compared) set({ compared: null });
  };

  return {
    slice: {
      compared: null,
      compareWith: async (files) => {
        end();
        const controller = new AbortController();
        running = controller;
        const { signal } = controller;
        const change = (change: Partial<Compared>) => {
          const { compared } = get();
          if (compared && running === controller) set({ compared: { ...compared, ...change } });
        };
        set({ compared: { fileName: nameToShow(files) ?? '', progress: null } });
        screen.getState().show('compare');
        try {
          const other = await engine.call('openOther', { files }, { signal });
          change({ other, fileName: other.fileName });
          const progress = (progress: Progress) => change({ progress });
          change({ comparison: await engine.call('compareWithOther', {}, { signal, progress }) });
        } catch (thrown) {
          if (!signal.aborted) change({ error: asCheckpointError(thrown) });
        }
      },
      endComparing: () => {
        if (get().compared) void engine.call('closeOther', {}).catch(() => {});
        end();
      },
      measurePair: ({ before, after, turned }, signal) =>
        engine.call('measurePair', { pair: pairOf({ before, after, turned }) }, { signal }),
      pairPicture: (request, signal) => engine.call('pairPicture', request, { signal }),
    },
    // What was compared was compared with what was open.
    follow: (now, previous) => {
      if (now.opened !== previous.opened) end();
    },
  };
}

type Ids = { readonly [Key in 'before' | 'after' | 'turned']: ComparedTensor[Key] | undefined };

/** As it is asked for: what is not there is not written. */
export function pairOf({ before, after, turned }: Ids): PairPictureRequest['pair'] {
  return {
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(turned && { turned }),
  };
}
