/** Settings of their own that layers have, which an edit of the whole model would take the place of. */
import { useMemo } from 'react';
import { at } from '../../../lib/known';
import { formatQuantity } from '../../../lib/numbers';
import { setApart } from '../../../state/locks';
import { studio, useStudio } from '../../../state/store';

export interface OwnSettings {
  /** Of the one layer, or how many they are. */
  readonly who: string;
  /** The rest of the sentence. */
  readonly text: string;
  /** Of what keeps them. */
  readonly label: string;
  readonly title: string;
  keep(): void;
}

/** Undefined where there are none. */
export function useOwnSettings(): OwnSettings | undefined {
  const deciding = useStudio((state) => state.deciding);
  const candidates = useStudio((state) => state.candidates);
  const ids = useMemo(() => setApart(deciding, candidates), [deciding, candidates]);
  if (ids.length === 0) return undefined;
  const keep = () => studio.getState().setLocked(ids, true);
  if (ids.length > 1) {
    return {
      who: formatQuantity(ids.length, 'layer'),
      text: 'have settings of their own. What is done to the whole model takes their place.',
      label: 'Keep these',
      title: 'Locks them as they are',
      keep,
    };
  }
  return {
    who: candidates.find(({ id }) => id === at(ids, 0))?.name ?? '',
    text: 'has a setting of its own. What is done to the whole model takes its place.',
    label: 'Keep this',
    title: 'Locks it as it is',
    keep,
  };
}
