/**
 * Random scores: a hash of where a weight is and nothing else, so that a seed means one mask on every machine, with every
 * backend and in whatever pieces a tensor is read. In 32-bit arithmetic, all sums and products modulo 2^32:
 *
 *     first  = mix(stream ^ mix(seed + G))          G = 0x9e3779b9
 *     second = mix(first + G + floor(index / 2^32))
 *     score  = (mix(mix((index mod 2^32) ^ first) + second) >> 8) / 2^24
 */

const golden = 0x9e3779b9;

/** A finaliser of little bias, by Chris Wellons: https://nullprogram.com/blog/2018/07/31/ (`lowbias32`). */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** The stream of a tensor: the 32-bit FNV-1a hash of its name in UTF-8. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** What the scores of 2^32 neighbours share. */
export interface RandomKeys {
  readonly first: number;
  readonly second: number;
}

/** @param index of any of them */
export function randomKeys(seed: number, stream: number, index: number): RandomKeys {
  const first = mix(stream ^ mix(seed + golden));
  return { first, second: mix(first + golden + Math.floor(index / 2 ** 32)) };
}

/**
 * Uniform in [0, 1), a multiple of 2^-24: exact in f32.
 * @param seed 0 to 2^32 - 1
 * @param index of the weight (in the tensor as it is stored, without gaps) or of the group
 */
export function randomScore(seed: number, stream: number, index: number): number {
  const { first, second } = randomKeys(seed, stream, index);
  return (mix(mix(index ^ first) + second) >>> 8) / 2 ** 24;
}
