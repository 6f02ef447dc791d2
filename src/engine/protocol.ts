/** The one list of what the page can ask of the worker. Bytes never cross to the page, files and handles do, by reference. */
import type { AnswerMessage, CallContextOf, CallMessage, HandlersOf, ParamsOf, ResultOf } from '../lib/calls/protocol';
import type { BinRequest, Outcome } from '../pruning/resolution';
import type { RefinedBin } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { OpenedCheckpoint } from './opened';

export interface ExportRequest {
  /** Exact, one for every tensor that is in: what is written is held against it. */
  outcomes: ReadonlyMap<TensorId, Outcome>;
  /** A file the user picked with "Save to…"; absent: a download. */
  destination?: FileSystemFileHandle;
}

/** What was written, counted as it was written. */
export interface ExportReport {
  /** `<original>-pruned.<ext>` */
  fileName: string;
  /** In bytes; equal to the original's. */
  size: number;
  /** Elements of all tensors that are in. */
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
  /**
   * The bytes of whole tensors as `outcomes` leave them (those without one as they are in the file): elements row by
   * row, little-endian. For other workers, which ask through a port.
   */
  weights(request: {
    outcomes: ReadonlyMap<TensorId, Outcome>;
    tensors: readonly TensorId[];
  }): ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>;
  /** Answers the same calls on `port`, too. */
  connect(request: { port: MessagePort }): void;
}

export type Method = keyof EngineApi;
export type Params<M extends Method> = ParamsOf<EngineApi, M>;
export type Result<M extends Method> = ResultOf<EngineApi, M>;

export interface Progress {
  stage: 'reading structure' | 'measuring' | 'refining' | 'writing' | 'reading weights';
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
export type CallContext = CallContextOf<Progress>;
export type Handlers = HandlersOf<EngineApi, Progress>;
export type ToWorker = CallMessage<EngineApi>;
export type FromWorker = AnswerMessage<EngineApi, Progress>;
