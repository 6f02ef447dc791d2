/** ggml's blocks of 256 elements ("k-quants"): sub-blocks of 16 or 32 whose scales are small integers themselves. */
import { type DecodeBlock, halfAt } from './scales';

// Pairs of bits: four elements a byte, 32 bytes for each run of 128, a place in the byte for each run of 32.

function pairByte(element: number): number {
  return 32 * (element >> 7) + (element & 31);
}

function pairShift(element: number): number {
  return 2 * ((element >> 5) & 3);
}

/** scales[16] (4 bits scale, 4 bits minimum), codes[64], d, dmin. */
export const q2K: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at + 80, littleEndian);
  const least = halfAt(codes, at + 82, littleEndian);
  for (let sub = 0; sub < 16; sub++) {
    const both = codes[at + sub]!;
    const ofSub = Math.fround(scale * (both & 15));
    const below = Math.fround(least * (both >> 4));
    const first = sub * 16;
    const pairs = at + 16 + pairByte(first);
    const shift = pairShift(first);
    for (let i = 0; i < 16; i++) {
      out[to + first + i] = Math.fround(ofSub * ((codes[pairs + i]! >> shift) & 3)) - below;
    }
  }
};

/** High bits[32], codes[64], scales[12] (6 bits each), d. A code is zero where its high bit is set and the others are not. */
export const q3K: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at + 108, littleEndian);
  for (let sub = 0; sub < 16; sub++) {
    const low = codes[at + 96 + (sub & 7)]!;
    const high = (codes[at + 104 + (sub & 3)]! >> (2 * (sub >> 2))) & 3;
    const ofSub = Math.fround(scale * (((sub < 8 ? low & 15 : low >> 4) | (high << 4)) - 32));
    const first = sub * 16;
    const pairs = at + 32 + pairByte(first);
    const shift = pairShift(first);
    const bits = at + (first & 31);
    const bit = first >> 5;
    for (let i = 0; i < 16; i++) {
      const code = ((codes[pairs + i]! >> shift) & 3) + 4 * ((codes[bits + i]! >> bit) & 1) - 4;
      out[to + first + i] = ofSub * code;
    }
  }
};

export function clearQ3(codes: Uint8Array, at: number, element: number): void {
  const high = at + (element & 31);
  codes[high] = codes[high]! | (1 << (element >> 5));
  const pair = at + 32 + pairByte(element);
  codes[pair] = codes[pair]! & ~(3 << pairShift(element));
}

/** The 6-bit scale of a run of 32, out of 12 bytes that hold eight of them and eight minima. */
function factorOf(codes: Uint8Array, scales: number, run: number): number {
  if (run < 4) return codes[scales + run]! & 63;
  return (codes[scales + 4 + run]! & 15) | ((codes[scales + run - 4]! >> 2) & 48);
}

function leastOf(codes: Uint8Array, scales: number, run: number): number {
  if (run < 4) return codes[scales + 4 + run]! & 63;
  return (codes[scales + 4 + run]! >> 4) | ((codes[scales + run]! >> 2) & 48);
}

/** d, dmin, scales[12], codes[128]: two runs of 32 share 32 bytes, the low nibbles are the first. */
export const q4K: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  const leastScale = halfAt(codes, at + 2, littleEndian);
  for (let run = 0; run < 8; run++) {
    const ofRun = Math.fround(scale * factorOf(codes, at + 4, run));
    const below = Math.fround(leastScale * leastOf(codes, at + 4, run));
    const bytes = at + 16 + 32 * (run >> 1);
    const shift = 4 * (run & 1);
    const first = to + 32 * run;
    for (let i = 0; i < 32; i++) out[first + i] = Math.fround(ofRun * ((codes[bytes + i]! >> shift) & 15)) - below;
  }
};

/** d, dmin, scales[12], fifth bits[32], codes[128]. */
export const q5K: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  const leastScale = halfAt(codes, at + 2, littleEndian);
  for (let run = 0; run < 8; run++) {
    const ofRun = Math.fround(scale * factorOf(codes, at + 4, run));
    const below = Math.fround(leastScale * leastOf(codes, at + 4, run));
    const bytes = at + 48 + 32 * (run >> 1);
    const shift = 4 * (run & 1);
    const first = to + 32 * run;
    for (let i = 0; i < 32; i++) {
      const code = ((codes[bytes + i]! >> shift) & 15) | (((codes[at + 16 + i]! >> run) & 1) << 4);
      out[first + i] = Math.fround(ofRun * code) - below;
    }
  }
};

/** Low nibbles[128] (64 bytes for each run of 128, low ones first), high pairs[64], scales[16] (signed), d. A code is zero at 32. */
export const q6K: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at + 208, littleEndian);
  for (let sub = 0; sub < 16; sub++) {
    const ofSub = Math.fround(scale * ((codes[at + 192 + sub]! << 24) >> 24));
    const first = sub * 16;
    const bytes = at + sixByte(first);
    const nibble = (first & 64) === 0 ? 0 : 4;
    const pairs = at + 128 + pairByte(first);
    const shift = pairShift(first);
    for (let i = 0; i < 16; i++) {
      const code = ((codes[bytes + i]! >> nibble) & 15) | (((codes[pairs + i]! >> shift) & 3) << 4);
      out[to + first + i] = ofSub * (code - 32);
    }
  }
};

function sixByte(element: number): number {
  return 64 * (element >> 7) + (element & 63);
}

export function clearQ6(codes: Uint8Array, at: number, element: number): void {
  const low = at + sixByte(element);
  codes[low] = codes[low]! & ((element & 64) === 0 ? 0xf0 : 0x0f);
  const pair = at + 128 + pairByte(element);
  const shift = pairShift(element);
  codes[pair] = (codes[pair]! & ~(3 << shift)) | (2 << shift);
}
