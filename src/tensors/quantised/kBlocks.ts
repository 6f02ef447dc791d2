/** ggml's blocks of 256 elements ("k-quants"): sub-blocks of 16 or 32 whose scales are small integers themselves. */
import { f16ToNumber } from '../half';

type Decode = (block: DataView, at: number, littleEndian: boolean, out: Float32Array, to: number) => void;

function scaleAt(block: DataView, at: number, littleEndian: boolean): number {
  return f16ToNumber(block.getUint16(at, littleEndian));
}

/** Where two bits of an element are: 4 elements a byte, 32 bytes for each run of 128, a pair of bits for each run of 32. */
function pairAt(block: DataView, codes: number, element: number): number {
  return (block.getUint8(codes + pairByte(element)) >> pairShift(element)) & 3;
}

function pairByte(element: number): number {
  return 32 * (element >> 7) + (element & 31);
}

function pairShift(element: number): number {
  return 2 * ((element >> 5) & 3);
}

/** scales[16] (4 bits scale, 4 bits minimum), codes[64], d, dmin. */
export const q2K: Decode = (block, at, littleEndian, out, to) => {
  const scale = scaleAt(block, at + 80, littleEndian);
  const least = scaleAt(block, at + 82, littleEndian);
  for (let i = 0; i < 256; i++) {
    const both = block.getUint8(at + (i >> 4));
    const product = Math.fround(Math.fround(scale * (both & 15)) * pairAt(block, at + 16, i));
    out[to + i] = product - Math.fround(least * (both >> 4));
  }
};

/** High bits[32], codes[64], scales[12] (6 bits each), d. A code is zero where its high bit is set and the others are not. */
export const q3K: Decode = (block, at, littleEndian, out, to) => {
  const scale = scaleAt(block, at + 108, littleEndian);
  const scales = at + 96;
  for (let i = 0; i < 256; i++) {
    const sub = i >> 4;
    const low = block.getUint8(scales + (sub & 7));
    const high = (block.getUint8(scales + 8 + (sub & 3)) >> (2 * (sub >> 2))) & 3;
    const factor = ((sub < 8 ? low & 15 : low >> 4) | (high << 4)) - 32;
    const bit = (block.getUint8(at + (i & 31)) >> (i >> 5)) & 1;
    out[to + i] = Math.fround(scale * factor) * (pairAt(block, at + 32, i) - (bit === 1 ? 0 : 4));
  }
};

export function clearQ3(block: DataView, at: number, element: number): void {
  const high = at + (element & 31);
  block.setUint8(high, block.getUint8(high) | (1 << (element >> 5)));
  const pair = at + 32 + pairByte(element);
  block.setUint8(pair, block.getUint8(pair) & ~(3 << pairShift(element)));
}

/** The 6-bit scale and minimum of a run of 32, out of 12 bytes that hold eight of each. */
function scaleOfRun(block: DataView, scales: number, run: number): { readonly factor: number; readonly least: number } {
  const first = block.getUint8(scales + (run & 3));
  const second = block.getUint8(scales + 4 + (run & 3));
  if (run < 4) return { factor: first & 63, least: second & 63 };
  const third = block.getUint8(scales + 4 + run);
  return { factor: (third & 15) | ((first >> 2) & 48), least: (third >> 4) | ((second >> 2) & 48) };
}

function withRuns(codeAt: (block: DataView, at: number, element: number) => number): Decode {
  return (block, at, littleEndian, out, to) => {
    const scale = scaleAt(block, at, littleEndian);
    const leastScale = scaleAt(block, at + 2, littleEndian);
    for (let run = 0; run < 8; run++) {
      const { factor, least } = scaleOfRun(block, at + 4, run);
      const [ofRun, below] = [Math.fround(scale * factor), Math.fround(leastScale * least)];
      for (let i = 32 * run; i < 32 * run + 32; i++) out[to + i] = Math.fround(ofRun * codeAt(block, at, i)) - below;
    }
  };
}

/** Two runs of 32 share 32 bytes: the low nibbles are the first. */
function runNibble(block: DataView, codes: number, element: number): number {
  const byte = block.getUint8(codes + 32 * (element >> 6) + (element & 31));
  return (element & 32) === 0 ? byte & 15 : byte >> 4;
}

/** d, dmin, scales[12], codes[128]. */
export const q4K: Decode = withRuns((block, at, i) => runNibble(block, at + 16, i));

/** d, dmin, scales[12], fifth bits[32], codes[128]. */
export const q5K: Decode = withRuns(
  (block, at, i) => runNibble(block, at + 48, i) | (((block.getUint8(at + 16 + (i & 31)) >> (i >> 5)) & 1) << 4),
);

/** In codes[128] of Q6_K: 64 bytes for each run of 128, the low nibbles first. */
function sixByte(element: number): number {
  return 64 * (element >> 7) + (element & 63);
}

/** Low nibbles[128], high pairs[64], scales[16] (signed), d. A code is zero at 32. */
export const q6K: Decode = (block, at, littleEndian, out, to) => {
  const scale = scaleAt(block, at + 208, littleEndian);
  for (let i = 0; i < 256; i++) {
    const byte = block.getUint8(at + sixByte(i));
    const code = ((i & 64) === 0 ? byte & 15 : byte >> 4) | (pairAt(block, at + 128, i) << 4);
    out[to + i] = Math.fround(scale * block.getInt8(at + 192 + (i >> 4))) * (code - 32);
  }
};

export function clearQ6(block: DataView, at: number, element: number): void {
  const low = at + sixByte(element);
  block.setUint8(low, block.getUint8(low) & ((element & 64) === 0 ? 0xf0 : 0x0f));
  const pair = at + 128 + pairByte(element);
  const shift = pairShift(element);
  block.setUint8(pair, (block.getUint8(pair) & ~(3 << shift)) | (2 << shift));
}
