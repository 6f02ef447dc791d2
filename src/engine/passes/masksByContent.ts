/** Which tensors are masks, once their values are known: names and shapes alone may be wrong either way. */
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { binOf } from '../../tensors/bins';
import { isFloat, isPrunableDtype } from '../../tensors/dtype';
import type { MasksByContent, Model } from '../../tensors/models';
import type { TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';

/** Models that another may hold the masks of: more are not tried. */
const triedModels = 64;

/**
 * A copy of a model, by names and shapes, of nothing but 0 and 1 is its masks, whatever it is called; and what is called
 * a mask is none where it holds other numbers.
 * @param layers measured
 * @returns undefined where names and shapes were right
 */
export function masksByContent(layers: readonly Layer[], models: readonly Model[]): MasksByContent | undefined {
  const refuted = new Set<TensorId>();
  for (const layer of layers) {
    if (layer.maskOf !== undefined && layer.statistics && !isBinary(layer)) refuted.add(layer.id);
  }
  const found = models.length < 2 ? new Map<TensorId, TensorId>() : binaryCopies(layers);
  return refuted.size + found.size > 0 ? { refuted, found } : undefined;
}

/** Tensors of models that are the masks of others, and the weights they belong to. */
function binaryCopies(layers: readonly Layer[]): Map<TensorId, TensorId> {
  const masks = new Map<TensorId, TensorId>();
  const byModel = new Map<string, Layer[]>();
  const byName = new Map<string, Layer[]>();
  const places = new Map<string, Layer>();
  for (const layer of layers) {
    const { model, nameInModel = '', dtype, numel, kind } = layer;
    if (model === undefined || kind === 'mask' || !isFloat(dtype) || numel === 0) continue;
    getOrInsert(byModel, model, () => []).push(layer);
    getOrInsert(byName, nameInModel, () => []).push(layer);
    places.set(JSON.stringify([model, nameInModel]), layer);
  }
  for (const [model, own] of byModel) {
    if (!own.some(({ shape }) => shape.length > 1) || !own.every(isBinary)) continue;
    for (const { model: other } of known(byName, at(own, 0).nameInModel ?? '').slice(0, triedModels)) {
      if (other === model) continue;
      const weights = own.flatMap(({ nameInModel }) => places.get(JSON.stringify([other, nameInModel])) ?? []);
      if (weights.length < own.length || weights.every(isBinary)) continue;
      if (!weights.every(({ shape }, i) => shape.join() === at(own, i).shape.join())) continue;
      own.forEach(({ id }, i) => {
        masks.set(id, at(weights, i).id);
      });
      break;
    }
  }
  return masks;
}

/** Whether all values are 0 or 1. */
function isBinary({ dtype, statistics }: Layer): boolean {
  if (!statistics || !isPrunableDtype(dtype)) return false;
  const { count, zeros, min, max, histogram } = statistics;
  if (zeros === count) return true;
  // No value of the bin that 1 begins is larger than the maximum.
  const ones = histogram.positive[binOf(dtype, 1) - histogram.firstBin] ?? 0;
  return min >= 0 && max === 1 && zeros + ones === count;
}
