/** What is open, and what is known of it beside its file. */
import type { OpenedCheckpoint } from '../engine/opened';
import type { ReferenceReport } from '../engine/reading/reference';
import type { Channels } from '../pruning/channels';
import type { Candidate } from '../pruning/resolution';
import type { Axes } from '../tensors/axes';
import type { TensorId } from '../tensors/tensor';

// Named here for the views, which see nothing of the engine.
export type { Layer, ModelOfFile, OpenedCheckpoint } from '../engine/opened';
export type { ReferenceReport } from '../engine/reading/reference';

/** ‖x‖ of each input of a layer, or the factors of its columns that come of moments. */
export interface InputNorms {
  readonly norms: Float32Array;
  /** Of the tensor, when they were collected: along others they mean nothing. */
  readonly axes?: Axes;
  /** What the model was run on, in words. */
  readonly inputs: string;
}

/** Where what the engine has for a criterion stands in the state. */
export const inputsKnown = { norms: 'inputNorms', moments: 'inputMoments' } as const;

export interface Origin {
  readonly files: readonly File[];
  /** Its name among the samples, where it is one. */
  readonly sample: string | null;
}

export interface CheckpointSlice {
  /** As the file was opened: another object where another file is. */
  opened: OpenedCheckpoint | null;
  /** Where `opened` came from. */
  origin: Origin | null;
  /** As the recipe has it: what its tensors are may be set by hand there. Every view reads this one. */
  checkpoint: OpenedCheckpoint | null;
  /** Its tensors that recipes can prune, as pruning sees them. */
  candidates: readonly Candidate[];
  /** What computes: `WASM SIMD × 2`, `WebGPU · NVIDIA`; '' until the engine has said it. */
  computing: string;
  /** An earlier checkpoint, for the criterion `magnitude_increase`. */
  reference: ReferenceReport | null;
  /** What the engine has for the criterion `activation`, by tensor. */
  inputNorms: ReadonlyMap<TensorId, InputNorms>;
  /** For the criterion `obs`. */
  inputMoments: ReadonlyMap<TensorId, InputNorms>;
  /** Which channels go together, once something asked (`findChannels`): kept when the graph goes, as a recipe may need them. */
  channels: Channels | undefined;
}

export const nothingOpen: CheckpointSlice = {
  opened: null,
  origin: null,
  checkpoint: null,
  candidates: [],
  computing: '',
  reference: null,
  inputNorms: new Map(),
  channels: undefined,
  inputMoments: new Map(),
};
