/**
 * Sums as integers. A finite f32 is `mantissa * 2^(exponent - 150)` with 24 bits of mantissa; shifted to a common exponent, it and its
 * square add up in 64 or 96 bits without rounding, in any order, the same on every GPU. What is lost is what lies
 * below the last bit of the common scale: less than 2^-50 of the largest term, for each term.
 */

export const wideWgsl = /* wgsl */ `
fn exponentOf(bits: u32) -> u32 { return max((bits >> 23u) & 0xffu, 1u); }

fn mantissaOf(bits: u32) -> u32 {
  let fraction = bits & 0x7fffffu;
  return select(fraction | 0x800000u, fraction, (bits & 0x7f800000u) == 0u);
}

/** 64-bit numbers are (low, high). */
fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2(low, a.y + b.y + u32(low < a.x));
}

fn negated64(a: vec2<u32>) -> vec2<u32> { return add64(~a, vec2(1u, 0u)); }

fn shiftedRight64(a: vec2<u32>, by: u32) -> vec2<u32> {
  if (by >= 64u) { return vec2(0u); }
  if (by >= 32u) { return vec2(a.y >> (by - 32u), 0u); }
  if (by == 0u) { return a; }
  return vec2((a.x >> by) | (a.y << (32u - by)), a.y >> by);
}

/** The square of 24 bits, in 48. */
fn square(mantissa: u32) -> vec2<u32> {
  let high = mantissa >> 12u;
  let low = mantissa & 0xfffu;
  let middle = 2u * high * low;
  let upper = add64(vec2((high * high) << 24u, (high * high) >> 8u), vec2(middle << 12u, middle >> 20u));
  return add64(upper, vec2(low * low, 0u));
}

/** 96-bit numbers are (low, middle, high). */
fn add96(a: vec3<u32>, b: vec2<u32>) -> vec3<u32> {
  let sum = add64(a.xy, b);
  let carry = u32(sum.y < b.y || (sum.y == b.y && sum.x < b.x));
  return vec3(sum, a.z + carry);
}
`;

/**
 * `fn addTo(slot: u32, term: vec3<u32>)`: adds to the 96-bit number `slot` of `sums`, an array of atomic words, three
 * to a number. Carries add up rightly whatever else is added meanwhile.
 */
export const atomicSumWgsl = /* wgsl */ `
fn addTo(slot: u32, term: vec3<u32>) {
  let at = slot * 3u;
  var middle = term.y;
  var high = term.z;
  if (term.x != 0u) {
    let before = atomicAdd(&sums[at], term.x);
    if (before + term.x < before) {
      middle += 1u;
      if (middle == 0u) { high += 1u; }
    }
  }
  if (middle != 0u) {
    let before = atomicAdd(&sums[at + 1u], middle);
    if (before + middle < before) { high += 1u; }
  }
  if (high != 0u) { atomicAdd(&sums[at + 2u], high); }
}
`;

/** Number `slot` of an array of 96-bit numbers, rounded to a double. */
export function wideAt(words: Uint32Array, slot: number): number {
  return (words[3 * slot + 2]! * 2 ** 32 + words[3 * slot + 1]!) * 2 ** 32 + words[3 * slot]!;
}
