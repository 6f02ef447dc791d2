/** What the slices share and no view sees. */
import type { EngineClient } from '../engine/client';
import type { AnswerCache } from '../engine/recipe/answerCache';
import type { Recipe } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';
import type { Seen } from './seen';

/** @typeParam State the slices that a part of the state reads and writes */
export interface StudioContext<State> {
  get(): State;
  set(partial: Partial<State>): void;
  readonly engine: EngineClient;
  /** The open checkpoint's file. */
  file: File | null;
  /** Its name among the samples, where it is one. */
  sample: string | null;
  /** Of the open checkpoint. */
  readonly candidates: readonly Candidate[];
  /** The open checkpoint as a recipe has it. */
  see(recipe: Recipe): Seen;
  /** What was looked up in the open checkpoint. */
  answers: AnswerCache;
  /** Resolves the recipe again, with what has become known beside the weights. */
  refresh(): void;
}

/** Called after every change of the store, before any view hears of it. */
export type Follow<State> = (state: State, previous: State) => void;
