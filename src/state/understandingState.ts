/** What a closer look at the open checkpoint found: marks, blocks, what int8 would do. */
import type { BlockInfluence, Evaluation, SamplePicture } from '../evaluation/protocol';
import type { Int8Findings, RowFindings } from '../tensors/findings';
import type { TensorId } from '../tensors/tensor';
import type { EvaluationStudio } from './evaluationContext';
import type { WorkStatus } from './stepRunner';

// Named here for the views, which see nothing of the evaluation.
export type { BlockInfluence, SamplePicture } from '../evaluation/protocol';

/** What int8 would do to what the recipe leaves. */
export interface Int8Preview {
  readonly found: ReadonlyMap<TensorId, Int8Findings>;
  /** With one scale for each tensor, or each row; absent where the model does not run. */
  readonly perTensor?: Evaluation;
  readonly perChannel?: Evaluation;
}

export interface Understanding {
  readonly status: WorkStatus<'looking'>;
  /** Which of them is under way, or came to `status`. */
  readonly about: 'marks' | 'blocks' | 'int8';
  /** Of the file. */
  readonly rows: ReadonlyMap<TensorId, RowFindings> | null;
  /** Of what the recipe leaves. */
  readonly left: ReadonlyMap<TensorId, RowFindings> | null;
  readonly blocks: readonly BlockInfluence[] | null;
  readonly int8: Int8Preview | null;
}

export const nothingUnderstood: Understanding = {
  status: { kind: 'idle' },
  about: 'marks',
  rows: null,
  left: null,
  blocks: null,
  int8: null,
};

/** What the store gains. Promises never reject: what went wrong is in `understanding.status`. */
export interface UnderstandingSlice {
  readonly understanding: Understanding;
  /** Looks once more at what is not known yet. */
  understand(about: Understanding['about']): Promise<void>;
  cancelUnderstanding(): void;
  /** Of the inputs, by their places in figures by sample, ascending; none where they are no images, or are gone. */
  samplePictures(places: readonly number[]): Promise<readonly SamplePicture[]>;
}

export type UnderstandingStudio = EvaluationStudio & UnderstandingSlice;
