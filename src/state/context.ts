/** What the slices share and no view sees. */
import type { StoreApi } from 'zustand/vanilla';
import type { EngineClient } from '../engine/client';
import type { Candidate } from '../pruning/resolution';
import type { RefinedBin } from '../tensors/statistics';
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
  candidates: readonly Candidate[];
  /** Bins of the open checkpoint that were looked into, by refinementKey. */
  refinements: Map<string, RefinedBin>;
}
