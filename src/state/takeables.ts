/** Charts and tables on the screen that can be taken away as files; each puts itself here while it is there. */
import { createStore } from 'zustand/vanilla';

export type TakenAs = 'PNG' | 'SVG' | 'CSV';

export interface Takeable {
  /** As it is called on the screen. */
  readonly title: string;
  readonly kinds: readonly TakenAs[];
  take(as: TakenAs): Promise<void>;
}

interface Takeables {
  readonly all: readonly Takeable[];
  /** @returns takes it away again */
  add(takeable: Takeable): () => void;
}

export const takeables = createStore<Takeables>((set) => ({
  all: [],
  add: (takeable) => {
    set(({ all }) => ({ all: [...all, takeable] }));
    return () => set(({ all }) => ({ all: all.filter((each) => each !== takeable) }));
  },
}));
