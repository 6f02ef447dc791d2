/** What int8 comes to over all layers that are rounded. */
import type { Layer } from '../../state/checkpointSlice';
import { byteWidthOf, isPrunableDtype } from '../../tensors/dtype';
import type { Int8Findings, RoundingFigures } from '../../tensors/findings';
import type { TensorId } from '../../tensors/tensor';

export interface Int8Totals {
  /** ‖Δ‖/‖w‖ over all weights together. */
  readonly perTensor: number;
  /** By channel where there are channels. */
  readonly perChannel: number;
  readonly weights: number;
  readonly zerosBefore: number;
  /** By channel. */
  readonly zerosAfter: number;
  /** Of the file, with a byte for each rounded weight and four for each scale. */
  readonly bytes: number;
}

/** ‖Δ‖/‖w‖; 0 where all is zero. */
export function relativeError({ differences }: RoundingFigures, { squares }: Pick<Int8Findings, 'squares'>): number {
  return squares === 0 ? 0 : Math.sqrt(differences / squares);
}

/** @param size of the file in bytes */
export function int8Totals(
  found: ReadonlyMap<TensorId, Int8Findings>,
  layers: readonly Layer[],
  size: number,
): Int8Totals {
  let [squares, ofTensor, ofChannel, weights, zerosBefore, zerosAfter, bytes] = [0, 0, 0, 0, 0, 0, size];
  for (const [tensor, findings] of found) {
    const channel = findings.perChannel ?? findings.perTensor;
    squares += findings.squares;
    ofTensor += findings.perTensor.differences;
    ofChannel += channel.differences;
    weights += findings.weights;
    zerosBefore += findings.zeros;
    zerosAfter += channel.zeros;
    const layer = layers[tensor];
    // What is coded already is no smaller.
    if (!layer || layer.stored !== undefined || !isPrunableDtype(layer.dtype)) continue;
    bytes += findings.weights * (1 - byteWidthOf(layer.dtype)) + 4 * channel.scales.length;
  }
  return {
    perTensor: relativeError({ differences: ofTensor, zeros: 0, greatest: 0 }, { squares }),
    perChannel: relativeError({ differences: ofChannel, zeros: 0, greatest: 0 }, { squares }),
    weights: Math.max(1, weights),
    zerosBefore,
    zerosAfter,
    bytes,
  };
}
