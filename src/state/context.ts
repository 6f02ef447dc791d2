/** What the slices share and no view sees. */
import type { StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../engine/client';
import type { AnswerCache } from '../engine/recipe/answerCache';
import type { Recipe } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';
import type { Seen } from './seen';
import type { StudioState } from './studio';

export interface StudioContext {
  readonly get: StoreApi<StudioState>['getState'];
  readonly set: (partial: Partial<StudioState>) => void;
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
