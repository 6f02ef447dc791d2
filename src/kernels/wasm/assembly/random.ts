/** Random scores, four at a time: the hash of tensors/random.ts. */
import { spread } from './lanes';
import { SCORES, STATES } from './layout';

/**
 * Writes an f32 to SCORES for every element of the block, NaN for those that stay (masks.ts).
 * @param index of the first element, its low 32 bits
 */
export function randomScores(count: usize, first: i32, second: i32, index: i32): void {
  const firsts = i32x4.splat(first);
  const seconds = i32x4.splat(second);
  let indices = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  for (let i: usize = 0; i < count; i += 4) {
    const hash = mix(i32x4.add(mix(v128.xor(indices, firsts)), seconds));
    const scores = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash, 8)), f32x4.splat(1.0 / 16777216.0));
    v128.store(SCORES + (i << 2), v128.or(scores, i32x4.gt_s(spread<i32>(STATES + i), i32x4.splat(0))));
    indices = i32x4.add(indices, i32x4.splat(4));
  }
}

function mix(values: v128): v128 {
  let x = i32x4.mul(v128.xor(values, i32x4.shr_u(values, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
