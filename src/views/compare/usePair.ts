import { useEffect, useState } from 'react';
import { asCheckpointError, type CheckpointError } from '../../lib/errors';
import { type PairPart, type PairStatistics, pairOf } from '../../state/compareSlice';
import type { Picture, Preview, Region } from '../../state/pictureSlice';
import { studio } from '../../state/store';
import type { Axes } from '../../tensors/axes';
import type { ComparedTensor } from '../../tensors/comparison/comparison';

export interface Asked<Answer> {
  /** Of an earlier question until the next is answered. */
  readonly answer?: Answer;
  readonly error?: CheckpointError;
  readonly isBusy: boolean;
}

/** Asks again as the key changes; the answer to an earlier question is stopped. */
function useAsked<Answer>(key: string | undefined, ask: (signal: AbortSignal) => Promise<Answer>): Asked<Answer> {
  const [asked, setAsked] = useState<Asked<Answer>>({ isBusy: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked
  useEffect(() => {
    if (key === undefined) return;
    const controller = new AbortController();
    setAsked(({ answer }) => ({ ...(answer !== undefined && { answer }), isBusy: true }));
    ask(controller.signal).then(
      (answer) => !controller.signal.aborted && setAsked({ answer, isBusy: false }),
      (thrown: unknown) => !controller.signal.aborted && setAsked({ error: asCheckpointError(thrown), isBusy: false }),
    );
    return () => controller.abort();
  }, [key]);
  return asked;
}

/** @param pair as it is from the open checkpoint to the second */
export function usePairStatistics(pair: ComparedTensor): Asked<PairStatistics> {
  return useAsked(JSON.stringify(pairKey(pair)), (signal) => studio.getState().measurePair(pair, signal));
}

export interface PairView {
  readonly rows: number;
  readonly columns: number;
  readonly region: Region;
  readonly axes?: Axes;
}

export type PairPictures = Readonly<Record<PairPart, Picture | undefined>>;

const parts: readonly PairPart[] = ['before', 'after', 'difference'];

/** All three of one view, or those that there are. @param view undefined until it is known how large it is */
export function usePairPictures(pair: ComparedTensor, view: PairView | undefined): Asked<PairPictures> {
  const key = view && JSON.stringify([pairKey(pair), view]);
  return useAsked(key, async (signal) => {
    const pictures: Record<PairPart, Picture | undefined> = {
      before: undefined,
      after: undefined,
      difference: undefined,
    };
    if (!view) return pictures;
    for (const part of parts) {
      const cells = await studio.getState().pairPicture({ pair: pairKey(pair), part, ...view }, signal);
      pictures[part] = cells && pictureOf(view, cells);
    }
    return pictures;
  });
}

function pairKey({ before, after, turned }: ComparedTensor) {
  return pairOf({ before, after, turned });
}

function pictureOf(view: PairView, cells: Preview): Picture {
  return { view: { tensor: 0, ...view }, cells };
}
