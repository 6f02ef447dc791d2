/** What two checkpoints are to each other, tensor by tensor: what comparing finds, and screens and reports show. */
import type { Dtype } from '../dtype';
import type { TensorId } from '../tensor';

/** How far the weights of one tensor are from those of another. Sums are in f64, whatever the dtypes are. */
export interface Difference {
  readonly weights: number;
  readonly zerosBefore: number;
  readonly zerosAfter: number;
  /** Elements with another value; NaN is the same as NaN, and +0 as −0. */
  readonly changed: number;
  /** Of those, the ones that are zero now, and those that were zero. */
  readonly becameZero: number;
  readonly wereZero: number;
  /** Of the changed, those where the one is the other rounded to the narrower of two dtypes. Present where there is one. */
  readonly rounded?: number;
  /** ‖w‖ of what is finite in both, before and after, and ‖Δ‖. */
  readonly lengthBefore: number;
  readonly lengthAfter: number;
  readonly distance: number;
  /** ‖Δ‖ / ‖w‖, over elements that are finite in both. 0 where nothing changed; infinite where all were zero. */
  readonly relative: number;
  /** The largest |Δ|. */
  readonly most: number;
  /** Of the two as vectors: 1 where they point the same way. Absent where one of them is zero. */
  readonly cosine?: number;
}

export type MatchedBy = 'name' | 'end of the name' | 'shape' | 'content';

export type ComparedState = 'equal' | 'changed' | 'only before' | 'only after' | 'other shape' | 'not compared';

/** A tensor of one checkpoint and what it is in the other. */
export interface ComparedTensor {
  /** In the first, or where it is only in the second, there. */
  readonly name: string;
  /** In the second, where that is another. */
  readonly otherName?: string;
  readonly before?: TensorId;
  readonly after?: TensorId;
  readonly by?: MatchedBy;
  readonly state: ComparedState;
  readonly dtype: Dtype;
  readonly otherDtype?: Dtype;
  readonly shape: readonly number[];
  readonly otherShape?: readonly number[];
  /** Which dimension of the second each of the first is, where it is stored turned: `[1, 0]` for a matrix. */
  readonly turned?: readonly number[];
  /** Of what was compared. */
  readonly difference?: Difference;
  readonly why?: string;
}

export interface Comparison {
  /** Names of the files. */
  readonly before: string;
  readonly after: string;
  /** In the order of the first; then what only the second has. */
  readonly tensors: readonly ComparedTensor[];
}

/** The same, looked at from the other side. */
export function swapped({ before, after, tensors }: Comparison): Comparison {
  return { before: after, after: before, tensors: tensors.map(swappedTensor) };
}

function swappedTensor(tensor: ComparedTensor): ComparedTensor {
  const { name, otherName, before, after, dtype, otherDtype, shape, otherShape, turned, difference, state } = tensor;
  const { before: _, after: __, ...rest } = tensor;
  return {
    ...rest,
    ...(after !== undefined && { before: after }),
    ...(before !== undefined && { after: before }),
    name: otherName ?? name,
    ...(otherName !== undefined && { otherName: name }),
    dtype: otherDtype ?? dtype,
    ...(otherDtype !== undefined && { otherDtype: dtype }),
    shape: otherShape ?? shape,
    ...(otherShape !== undefined && { otherShape: shape }),
    ...(turned && { turned: turned.map((_, axis) => turned.indexOf(axis)) }),
    state: state === 'only before' ? 'only after' : state === 'only after' ? 'only before' : state,
    ...(difference && { difference: swappedDifference(difference) }),
  };
}

function swappedDifference(difference: Difference): Difference {
  const { zerosBefore, zerosAfter, becameZero, wereZero, lengthBefore, lengthAfter, distance } = difference;
  return {
    ...difference,
    zerosBefore: zerosAfter,
    zerosAfter: zerosBefore,
    becameZero: wereZero,
    wereZero: becameZero,
    lengthBefore: lengthAfter,
    lengthAfter: lengthBefore,
    relative: distance === 0 ? 0 : distance / lengthAfter,
  };
}
