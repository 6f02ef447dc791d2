/** What is open on the screen: nothing that belongs to the checkpoint or to the recipe. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** `another` asks what files are to be; those from `graph` on belong to evaluation. */
export type Dialog =
  | 'another'
  | 'palette'
  | 'export'
  | 'help'
  | 'leave'
  | 'gradual'
  | 'recipe'
  | 'payoff'
  | 'understand'
  | 'graph'
  | 'pairing'
  | 'inputs'
  | 'figures'
  | 'tune'
  | 'repair'
  | 'rounds'
  | 'slim'
  | 'compare';

/** What the help can be opened at. */
export type HelpTopic = 'keys' | 'files' | 'recipes';

export interface ScreenState {
  dialog: Dialog | null;
  show(dialog: Dialog): void;
  close(): void;
  helpTopic: HelpTopic;
  showHelp(topic: HelpTopic): void;
  /** Whether a person is asked what the layer shown is. */
  overruling: boolean;
  setOverruling(overruling: boolean): void;
  /** Opens the browser's file chooser; the file input puts itself here when it is mounted. */
  chooseFiles: () => void;
  /** Moves the focus to the threshold's handle; the handle puts itself here while there is one. */
  focusThreshold: () => void;
  /** Selects the rows that the table shows; the table puts itself here. */
  selectShown: () => void;
  /** To the other of the two colour schemes. */
  switchColours: () => void;
  /** Moves the focus to the filter of the layers; the box puts itself here. */
  focusFilter: () => void;
  /** Which of the editor's tabs shows, by its title. */
  editorTab: string;
  /** The same of the dialog that looks closer. */
  understandTab: string;
  showUnderstanding(title: string): void;
  showTab(title: string): void;
}

export const screen = createStore<ScreenState>((set) => ({
  dialog: null,
  show: (dialog) => set({ dialog }),
  close: () => set({ dialog: null }),
  helpTopic: 'keys',
  showHelp: (helpTopic) => set({ helpTopic, dialog: 'help' }),
  overruling: false,
  setOverruling: (overruling) => set({ overruling }),
  chooseFiles: () => {},
  focusThreshold: () => {},
  selectShown: () => {},
  switchColours: () => {},
  focusFilter: () => {},
  editorTab: 'Distribution',
  understandTab: 'Marks',
  showUnderstanding: (understandTab) => set({ understandTab, dialog: 'understand' }),
  showTab: (editorTab) => set({ editorTab }),
}));

export function useScreen<Selected>(selector: (state: ScreenState) => Selected): Selected {
  return useStore(screen, selector);
}
