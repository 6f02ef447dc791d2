/** The magnitude that has the strongest colour. */
import { at } from '../../../lib/known';

/** A few outliers would leave everything else pale. */
const robustShare = 0.995;
/** As many magnitudes are enough to tell, about. */
const sampleSize = 16_384;

/**
 * The 99.5th percentile (nearest rank) of the magnitudes, of an even sample where there are many; the largest, where
 * that is zero; 0 without any.
 */
export function robustMaximum(magnitudes: Float32Array): number {
  const sample = magnitudes.length <= sampleSize ? magnitudes.slice() : sampleOf(magnitudes);
  sample.sort();
  return (
    sample[Math.ceil(robustShare * sample.length) - 1] || magnitudes.reduce((most, here) => Math.max(most, here), 0)
  );
}

/** Steps of the golden ratio: evenly spread, and meeting no pattern of rows and columns. */
function sampleOf(magnitudes: Float32Array): Float32Array {
  const sample = new Float32Array(sampleSize);
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < sampleSize; i++) sample[i] = at(magnitudes, Math.floor(((i * ratio) % 1) * magnitudes.length));
  return sample;
}
