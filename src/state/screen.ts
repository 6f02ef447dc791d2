/** What is open on the screen: nothing that belongs to the checkpoint or to the recipe. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** `another` asks what files are to be; `graph`, `pairing`, `inputs`, `figures` and `tune` belong to evaluation. */
export type Dialog = 'another' | 'export' | 'help' | 'gradual' | 'graph' | 'pairing' | 'inputs' | 'figures' | 'tune';

export interface ScreenState {
  dialog: Dialog | null;
  show(dialog: Dialog): void;
  close(): void;
  /** Whether a person is asked what the layer shown is. */
  overruling: boolean;
  setOverruling(overruling: boolean): void;
  /** Opens the browser's file chooser; the file input puts itself here when it is mounted. */
  chooseFiles: () => void;
  /** Moves the focus to the threshold's handle; the handle puts itself here while there is one. */
  focusThreshold: () => void;
}

export const screen = createStore<ScreenState>((set) => ({
  dialog: null,
  show: (dialog) => set({ dialog }),
  close: () => set({ dialog: null }),
  overruling: false,
  setOverruling: (overruling) => set({ overruling }),
  chooseFiles: () => {},
  focusThreshold: () => {},
}));

export function useScreen<Selected>(selector: (state: ScreenState) => Selected): Selected {
  return useStore(screen, selector);
}
