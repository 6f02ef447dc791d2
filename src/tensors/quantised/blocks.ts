/**
 * ggml's blocks (https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c): so many elements, with scales that they share.
 * What each element is comes out as ggml has it, rounded to f32 at every step.
 */
import { clearQ3, clearQ6, q2K, q3K, q4K, q5K, q6K } from './kBlocks';
import { type DecodeBlock, halfAt } from './scales';

export interface BlockCoding {
  /** In a block. */
  readonly elements: number;
  /** Of a block. */
  readonly bytes: number;
  readonly decode: DecodeBlock;
  /** Makes one element of the block at `at` zero. Absent: not every block has a code that is exactly zero. */
  readonly clear?: (codes: Uint8Array, at: number, element: number, littleEndian: boolean) => void;
}

/** The types that can be decoded, under ggml's names. */
export const blockTypes = [
  'Q4_0',
  'Q4_1',
  'Q5_0',
  'Q5_1',
  'Q8_0',
  'Q2_K',
  'Q3_K',
  'Q4_K',
  'Q5_K',
  'Q6_K',
  'IQ4_NL',
  'MXFP4',
] as const;
export type BlockType = (typeof blockTypes)[number];

export function isBlockType(name: string): name is BlockType {
  return (blockTypes as readonly string[]).includes(name);
}

// Nibbles: the low ones are the first half of a block of 32, the high ones the second. Fifth bits are a word.

const q40: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  for (let i = 0; i < 16; i++) {
    const byte = codes[at + 2 + i]!;
    out[to + i] = scale * ((byte & 15) - 8);
    out[to + 16 + i] = scale * ((byte >> 4) - 8);
  }
};

const q41: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  const least = halfAt(codes, at + 2, littleEndian);
  for (let i = 0; i < 16; i++) {
    const byte = codes[at + 4 + i]!;
    out[to + i] = Math.fround(scale * (byte & 15)) + least;
    out[to + 16 + i] = Math.fround(scale * (byte >> 4)) + least;
  }
};

const q50: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  const fifth = wordAt(codes, at + 2, littleEndian);
  for (let i = 0; i < 16; i++) {
    const byte = codes[at + 6 + i]!;
    out[to + i] = scale * (((byte & 15) | (((fifth >>> i) & 1) << 4)) - 16);
    out[to + 16 + i] = scale * (((byte >> 4) | (((fifth >>> (16 + i)) & 1) << 4)) - 16);
  }
};

const q51: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  const least = halfAt(codes, at + 2, littleEndian);
  const fifth = wordAt(codes, at + 4, littleEndian);
  for (let i = 0; i < 16; i++) {
    const byte = codes[at + 8 + i]!;
    out[to + i] = Math.fround(scale * ((byte & 15) | (((fifth >>> i) & 1) << 4))) + least;
    out[to + 16 + i] = Math.fround(scale * ((byte >> 4) | (((fifth >>> (16 + i)) & 1) << 4))) + least;
  }
};

const q80: DecodeBlock = (codes, at, littleEndian, out, to) => {
  const scale = halfAt(codes, at, littleEndian);
  for (let i = 0; i < 32; i++) out[to + i] = scale * ((codes[at + 2 + i]! << 24) >> 24);
};

const ofIq4 = Float32Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
/** Twice the values of f4_e2m1, whose scale is halved. */
const ofMxfp4 = Float32Array.of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

const iq4: DecodeBlock = (codes, at, littleEndian, out, to) =>
  listed(codes, at + 2, halfAt(codes, at, littleEndian), ofIq4, out, to);

const mxfp4: DecodeBlock = (codes, at, _, out, to) => listed(codes, at + 1, 2 ** (codes[at]! - 128), ofMxfp4, out, to);

function listed(codes: Uint8Array, at: number, scale: number, values: Float32Array, out: Float32Array, to: number) {
  for (let i = 0; i < 16; i++) {
    const byte = codes[at + i]!;
    out[to + i] = scale * values[byte & 15]!;
    out[to + 16 + i] = scale * values[byte >> 4]!;
  }
}

function wordAt(codes: Uint8Array, at: number, littleEndian: boolean): number {
  return new DataView(codes.buffer, codes.byteOffset + at, 4).getUint32(0, littleEndian);
}

function setNibble(codes: Uint8Array, at: number, element: number, code: number): void {
  const place = at + (element % 16);
  const byte = codes[place]!;
  codes[place] = element < 16 ? (byte & 0xf0) | code : (byte & 15) | (code << 4);
}

/** The code of zero is 16: the fifth bit alone. */
function clearQ50(codes: Uint8Array, at: number, element: number, littleEndian: boolean): void {
  setNibble(codes, at + 6, element, 0);
  const fifth = new DataView(codes.buffer, codes.byteOffset + at + 2, 4);
  fifth.setUint32(0, fifth.getUint32(0, littleEndian) | (1 << element), littleEndian);
}

const codings: Readonly<Record<BlockType, BlockCoding>> = {
  Q4_0: { elements: 32, bytes: 18, decode: q40, clear: (codes, at, i) => setNibble(codes, at + 2, i, 8) },
  Q4_1: { elements: 32, bytes: 20, decode: q41 },
  Q5_0: { elements: 32, bytes: 22, decode: q50, clear: clearQ50 },
  Q5_1: { elements: 32, bytes: 24, decode: q51 },
  Q8_0: {
    elements: 32,
    bytes: 34,
    decode: q80,
    clear: (codes, at, i) => {
      codes[at + 2 + i] = 0;
    },
  },
  Q2_K: { elements: 256, bytes: 84, decode: q2K },
  Q3_K: { elements: 256, bytes: 110, decode: q3K, clear: clearQ3 },
  Q4_K: { elements: 256, bytes: 144, decode: q4K },
  Q5_K: { elements: 256, bytes: 176, decode: q5K },
  Q6_K: { elements: 256, bytes: 210, decode: q6K, clear: clearQ6 },
  IQ4_NL: { elements: 32, bytes: 18, decode: iq4 },
  MXFP4: { elements: 32, bytes: 17, decode: mxfp4, clear: (codes, at, i) => setNibble(codes, at + 1, i, 0) },
};

export function codingOf(type: BlockType): BlockCoding {
  return codings[type];
}
