/** What is asked about a tensor's picture, and what it shows. */
import type { Outcome } from '../../pruning/resolution';
import type { Axes } from '../../tensors/axes';
import type { TensorId } from '../../tensors/tensor';

/** A tensor as a picture: outputs down, inputs across, filters of a convolution as a grid of their kernels. */
export interface PreviewRequest {
  tensor: TensorId;
  /** Which dimensions go down and which across (see pictureAxesOf); absent: they are not known. */
  axes?: Axes;
  /** Exact; absent: nothing is pruned. */
  outcome?: Outcome;
  /** Cells wanted at most. */
  rows: number;
  columns: number;
  /** The part of the picture that is wanted, in elements; absent: all of it. */
  region?: Region;
}

/** `[top, bottom)` and `[left, right)`. */
export interface Region {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Preview {
  /** Cells there are: as many as wanted, or one for each element where those are fewer. */
  rows: number;
  columns: number;
  /** Of the whole picture, in elements. */
  height: number;
  width: number;
  /** By cell, row by row: the largest finite magnitude of the original weights in it. */
  magnitudes: Float32Array;
  /** By cell: the share of its elements that the program does not choose, 0 to 1. */
  kept: Float32Array;
  /** What has to be read of the file to draw the same view for another threshold; 0 where the GPU has the weights. */
  bytesForNext: number;
}
