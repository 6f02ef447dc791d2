/** What the screen says of kept work. Light: the first screen reads it; what keeps the work comes later and puts its acts here. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { WorkSummary } from './shelf';

/** Never a pair of booleans. */
export type Keeping =
  /** Nothing was changed yet. */
  | 'nothing'
  /** The last change is on its way. */
  | 'writing'
  | 'kept'
  /** The browser has no room left for this page. */
  | 'full'
  /** The browser keeps nothing, as in some private windows. */
  | 'off';

export interface Offer extends WorkSummary {
  /** Another tab goes on with it. */
  readonly isElsewhere: boolean;
}

export interface WorkState {
  /** Of the work on what is open. */
  readonly keeping: Keeping;
  /** Kept work on what is open that is not the work at hand, the newest first. */
  readonly offers: readonly Offer[];
  /** Whether they are shown without being asked for. */
  readonly isOffering: boolean;
  /** Other tabs that have the same checkpoint open. */
  readonly elsewhere: number;
  restore(id: string): void;
  forget(id: string): void;
  dismiss(): void;
}

export const work = createStore<WorkState>((set) => ({
  keeping: 'nothing',
  offers: [],
  isOffering: false,
  elsewhere: 0,
  restore: () => {},
  forget: () => {},
  dismiss: () => set({ isOffering: false }),
}));

/** Whether the work at hand is there when the checkpoint is opened again: nothing is lost with the page. */
export function isKept({ keeping } = work.getState()): boolean {
  return keeping === 'kept';
}

export function useWork<Selected>(selector: (state: WorkState) => Selected): Selected {
  return useStore(work, selector);
}
