/** The one list of what the page can ask of the worker. Bytes never cross, files and handles do, by reference. */
import type { WireError } from '../lib/errors';
import type { BinRequest, Placement } from '../pruning/resolution';
import type { RefinedBin } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { OpenedCheckpoint } from './opened';

export interface ExportRequest {
  placements: ReadonlyMap<TensorId, Placement>;
  /** A file the user picked with "Save to…"; absent: a download. */
  destination?: FileSystemFileHandle;
}

/** What was written, counted as it was written. */
export interface ExportReport {
  /** `<original>-pruned.<ext>` */
  fileName: string;
  /** In bytes; equal to the original's. */
  size: number;
  /** Elements of all tensors that were pruned from. */
  weights: number;
  /** Of those, elements that are zero in the file written. */
  zeros: number;
  /** The file, for a download. Absent when it was saved to `destination`. */
  file?: Blob;
}

export interface EngineApi {
  /** Opens and measures. What was open before stays open until this succeeds. */
  open(request: { files: readonly File[] }): OpenedCheckpoint;
  /** Looks into fine bins, one pass over the tensors concerned; answers in the order of `requests`. */
  refine(request: { requests: readonly BinRequest[] }): readonly RefinedBin[];
  export(request: ExportRequest): ExportReport;
}

export type Method = keyof EngineApi;
export type Params<M extends Method> = Parameters<EngineApi[M]>[0];
export type Result<M extends Method> = ReturnType<EngineApi[M]>;

export interface Progress {
  stage: 'reading structure' | 'measuring' | 'refining' | 'writing';
  /** Bytes. */
  done: number;
  total: number;
  /** Tensors finished, of how many; absent in stages that do not count them. */
  tensorsDone?: number;
  tensorsTotal?: number;
  /** Name of the tensor at hand. */
  tensor?: string;
}

/** What a call is given beside its parameters. */
export interface CallContext {
  signal: AbortSignal;
  progress(progress: Progress): void;
}

export type Handlers = { [M in Method]: (params: Params<M>, context: CallContext) => Promise<Result<M>> };

export type ToWorker =
  | { [M in Method]: { type: 'call'; id: number; method: M; params: Params<M> } }[Method]
  | { type: 'cancel'; id: number };

export type FromWorker =
  | { type: 'progress'; id: number; progress: Progress }
  | { type: 'result'; id: number; result: Result<Method> }
  | { type: 'error'; id: number; error: WireError };
