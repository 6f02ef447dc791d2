/** The one list of what the page can ask of the worker. Bytes never cross to the page, files and handles do, by reference. */
import type { Backend } from '../kernels/backend';
import type { Caller } from '../lib/calls/caller';
import type { AnswerMessage, CallMessage, HandlersOf, ParamsOf, ResultOf } from '../lib/calls/protocol';
import type { CheckpointPlan } from '../pruning/checkpointPlan';
import type { PermutedTensor } from '../pruning/permutation/permuted';
import type { Repair } from '../pruning/repair';
import type { Answer, Outcome, ProgramCounts, Request } from '../pruning/resolution';
import type { Axes } from '../tensors/axes';
import type { Comparison } from '../tensors/comparison/comparison';
import type { EncodedElements } from '../tensors/encodedElements';
import type { Int8Findings, RowFindings } from '../tensors/findings';
import type { NarrowingLoss } from '../tensors/narrowing';
import type { TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { Progress } from './callContext';
import type { PairOf } from './compare/pairSource';
import type { PairPictureRequest, PairStatistics } from './compare/pairStatistics';
import type { ExportKind } from './exports/exportKind';
import type { LeanChoice } from './exports/leanPlan';
import type { OpenedCheckpoint } from './opened';
import type { Bins, RefinedBins } from './passes/refine';
import type { Preview, PreviewRequest } from './pictures/picture';
import type { KeptBytes } from './reading/keptWeights';
import type { Likeness } from './reading/likeness';
import type { ReferenceReport } from './reading/reference';
import type { Unit } from './reading/units';

/** A file, or a folder for a checkpoint of several. */
export type Destination = FileSystemFileHandle | FileSystemDirectoryHandle;

export interface ExportRequest {
  /** Exact, one for every tensor that is in: what is written is held against it. */
  outcomes: ReadonlyMap<TensorId, Outcome>;
  /** What the user picked with "Save to…"; absent: a download. */
  destination?: Destination;
  /** Takes a download as it is written, where one file is, in order (`lib/browser/fileStream.ts`). */
  stream?: MessagePort;
}

/** A file that was written. */
export interface ExportedFile {
  name: string;
  /** In bytes. */
  size: number;
  /** For a download; absent where it was saved, or streamed. */
  file?: Blob;
}

/** What was written, counted as it was written. */
export interface ExportReport {
  /**
   * `<original>-pruned.<ext>`, as large as the original; where the checkpoint is many files, those that changed: of more than
   * eight that are downloaded one archive, `<original>-pruned.zip`.
   */
  files: readonly ExportedFile[];
  /** The file was downloaded as it was written. */
  streamed?: boolean;
  /** Of such an archive, the files in it. */
  holds?: readonly Pick<ExportedFile, 'name' | 'size'>[];
  /** Elements of all tensors that are in. */
  weights: number;
  /** Of those, elements that are zero in the file written. */
  zeros: number;
  /** Tensors with other values than in the original. */
  changed: number;
  /** Of those, the ones that changed with others: tied names, views, buffers around the weights of others. */
  changedWithOthers: number;
  /** Tensors whose weights are those of a repair; absent: none. */
  repaired?: number;
}

export interface LeanRequest extends LeanChoice {
  /** As ExportRequest's. */
  outcomes: ReadonlyMap<TensorId, Outcome>;
  /** As ExportRequest's. */
  destination?: Destination;
}

export interface LeanReport {
  /** `<original>-lean.<ext>`; of shards each, and their index: more than eight that are downloaded are one archive. */
  files: readonly ExportedFile[];
  /** As ExportReport's. */
  holds?: readonly Pick<ExportedFile, 'name' | 'size'>[];
  tensors: number;
  /** Present where weights have fewer bits than before. */
  loss?: NarrowingLoss;
}

export interface ExportAsRequest {
  kind: ExportKind;
  /** As ExportRequest's. */
  outcomes: ReadonlyMap<TensorId, Outcome>;
}

/** What keeping a repair tells of its values. */
export interface KeptRepair {
  /** SHA-256 of them, as the side file holds them. */
  readonly file: string;
  /** What is zero is what went. */
  readonly counts: ReadonlyMap<TensorId, ProgramCounts>;
  /** Tensors of `rest` that are kept, too. */
  readonly added: readonly { readonly tensor: TensorId; readonly name: string; readonly shape: readonly number[] }[];
}

/** A part of a pass over a large file, which another engine has opened. */
export interface UnitsRequest {
  file: Blob;
  byteOrder: 'little' | 'big';
  /** As the checkpoint's. */
  encoded?: readonly EncodedElements[];
  units: readonly Unit[];
}

export interface MeasuredUnits {
  readonly statistics: ReadonlyMap<TensorId, TensorStatistics>;
  /** What was read of the file, where it is to be kept. */
  readonly read: readonly KeptBytes[];
}

/** A checkpoint among files that were given. */
export interface FoundCheckpoint {
  /** Of the file that it is called by. */
  readonly name: string;
  readonly folder: string;
  /** Indices of its files among those given. */
  readonly files: readonly number[];
  /** Of all of them, in bytes. */
  readonly size: number;
  /** Absent where it cannot be opened, which opening it says. */
  readonly format?: string;
  readonly tensors?: number;
}

export interface FindingsRequest {
  outcomes: ReadonlyMap<TensorId, Outcome>;
  tensors: readonly TensorId[];
}

/** What is known of a second checkpoint before it is compared. */
export interface OtherCheckpoint {
  readonly fileName: string;
  readonly format: string;
  /** Of all its files, in bytes. */
  readonly size: number;
  readonly tensors: number;
}

export interface EngineApi {
  /** The checkpoints among many files; the indices of those that are none and no part of one. @param folders of each file */
  survey(request: { files: readonly File[]; folders: readonly string[] }): {
    readonly checkpoints: readonly FoundCheckpoint[];
    readonly rest: readonly number[];
  };
  /** Opens and measures. What was open before stays open until this succeeds. */
  open(request: { files: readonly File[] }): OpenedCheckpoint;
  /** Needs no open checkpoint. */
  measureUnits(request: UnitsRequest & { keep: boolean }): MeasuredUnits;
  /** As measureUnits. */
  refineUnits(request: UnitsRequest & { bins: Bins }): RefinedBins;
  /** As few passes over the tensors concerned as can be; answers in the order of `requests`. */
  lookUp(request: { requests: readonly Request[] }): readonly Answer[];
  /** What other files are to the open checkpoint, which stays as it is. */
  compare(request: { files: readonly File[] }): Likeness;
  /** A second checkpoint to compare with: its structure is read. Takes the place of one before; goes when another checkpoint opens. */
  openOther(request: { files: readonly File[] }): OtherCheckpoint;
  /** One pass over both. */
  compareWithOther(request: Record<string, never>): Comparison;
  closeOther(request: Record<string, never>): void;
  /** A tensor in each of the two, and their difference, as statistics: what there is of them. */
  measurePair(request: { pair: PairOf }): PairStatistics;
  /** Undefined where there is nothing to draw. */
  pairPicture(request: PairPictureRequest): Preview | undefined;
  /** An earlier checkpoint of the same model. Takes the place of one opened before; goes when another checkpoint opens. */
  openReference(request: { files: readonly File[] }): ReferenceReport;
  /**
   * Norms of what goes into each input of a tensor (its axes), measured elsewhere; of a grouped convolution
   * for the inputs of every group, group by group. Take the place of all that were set before.
   */
  setInputNorms(request: {
    norms: ReadonlyMap<TensorId, Float32Array>;
    /** Of tensors whose axes were set by hand, those that the norms belong to. */
    axes?: ReadonlyMap<TensorId, Axes>;
  }): void;
  /** As setInputNorms, of moments: a factor for every place of the kernel in each input, 1 / √[H⁻¹]ⱼⱼ of its column. */
  setInputMoments(request: { factors: ReadonlyMap<TensorId, Float32Array>; axes?: ReadonlyMap<TensorId, Axes> }): void;
  /** What stands out in these tensors as `outcomes` leave them: one pass. Those that are not measured are left out. */
  findInRows(request: FindingsRequest): ReadonlyMap<TensorId, RowFindings>;
  /** What int8 would do to what `outcomes` leave of these tensors: two passes. Those that are not finite are left out, too. */
  roundToInt8(request: FindingsRequest): ReadonlyMap<TensorId, Int8Findings>;
  preview(request: PreviewRequest): Preview;
  export(request: ExportRequest): ExportReport;
  /**
   * The bytes of whole tensors as `outcomes` leave them (those without one as they are in the file): elements row by
   * row, little-endian. For other workers, which ask through a port.
   */
  weights(request: {
    outcomes: ReadonlyMap<TensorId, Outcome>;
    tensors: readonly TensorId[];
  }): ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>;
  /**
   * Keeps the values of a repair, for programs that name it: whole tensors in the checkpoint's dtype, row by row,
   * little-endian. A few are kept, and all go when another checkpoint opens.
   */
  keepRepair(request: {
    id: string;
    values: ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>;
    /** Tensors of these without values are kept as the outcomes leave them: where their masks were placed on an earlier repair. */
    rest?: ReadonlyMap<TensorId, Outcome>;
  }): KeptRepair;
  /** Keeps the weights of these tensors with their channels in another order, for programs that name them as values of a repair. */
  keepPermuted(request: { id: string; tensors: readonly PermutedTensor[] }): ReadonlyMap<TensorId, ProgramCounts>;
  /** The values of a repair that is kept, and its report, as `<original>-repair.safetensors`. */
  repairFile(request: { repair: Repair }): Required<ExportedFile>;
  /** Keeps what such a file holds. */
  openRepair(request: { file: File }): Repair;
  /** Answers the same calls on `port`, too. */
  connect(request: { port: MessagePort }): void;
  exportAs(request: ExportAsRequest): Required<ExportedFile>;
  /** The state dict of a smaller model: `<original>-slim.<ext>`, in the checkpoint's format. */
  exportSlim(request: { plan: CheckpointPlan; outcomes: ReadonlyMap<TensorId, Outcome> }): Required<ExportedFile>;
  /** One state dict of a training checkpoint, and nothing else of it. */
  exportLean(request: LeanRequest): LeanReport;
  /** Size in bytes that exportAs would come to: from a sample for `gzip`. */
  estimateSize(request: ExportAsRequest & { kind: 'gzip' | 'sparse-onnx' }): number;
  /** Fetches the modules that opening a checkpoint does not need, so that nothing waits for them. Needs no open checkpoint. */
  fetchRest(request: Record<string, never>): void;
}

export type EngineMethod = keyof EngineApi;
export type Params<M extends EngineMethod> = ParamsOf<EngineApi, M>;
export type Result<M extends EngineMethod> = ResultOf<EngineApi, M>;

/** The engine as those see it who ask it: the page's client of a worker, or an engine in this thread. */
export type Engine = Caller<EngineApi, Progress>;
export type Handlers = HandlersOf<EngineApi, Progress>;

/** The first message to a worker; it answers with `computing` once it is ready. */
export interface StartWorker {
  type: 'start';
  /** Which backend is forced; absent: the faster one. */
  backend?: Backend | undefined;
}

export type ToWorker = CallMessage<EngineApi>;

export type FromWorker =
  /** What computes, for the badge: once the worker is ready, and whenever it changes. */
  { type: 'computing'; name: string } | AnswerMessage<EngineApi, Progress>;
