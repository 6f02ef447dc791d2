/** What a rule says of a tensor. */
import type { Axes } from '../axes';
import type { LayerKind } from '../tensor';
import type { Convention } from './convention';
import type { Entry } from './stateDict';

export interface Judgement {
  readonly kind: LayerKind;
  /** In a few words that follow the kind. Absent where nothing has to be said. */
  readonly because?: string;
  /** Absent: not known, or without meaning. */
  readonly axes?: Axes;
}

/** One rule: an answer where its evidence is there. */
export type Evidence = (entry: Entry, convention: Convention) => Judgement | undefined;
