/**
 * ggml's blocks (https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c): so many elements, with scales that they share.
 * What each element is comes out as ggml has it, rounded to f32 at every step.
 */
import { f16ToNumber } from '../half';
import { clearQ3, clearQ6, q2K, q3K, q4K, q5K, q6K } from './kBlocks';

export interface BlockCoding {
  /** In a block. */
  readonly elements: number;
  /** Of a block. */
  readonly bytes: number;
  /** Writes the elements of the block at `at` into `out` from `to` on. */
  readonly decode: (block: DataView, at: number, littleEndian: boolean, out: Float32Array, to: number) => void;
  /** Makes one element of the block at `at` zero. Absent: not every block has a code that is exactly zero. */
  readonly clear?: (block: DataView, at: number, element: number, littleEndian: boolean) => void;
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

const half = 16;

/** Nibbles: the low ones are the first half of a block, the high ones the second. */
function nibbleAt(block: DataView, codes: number, element: number): number {
  const byte = block.getUint8(codes + (element % half));
  return element < half ? byte & 15 : byte >> 4;
}

function setNibble(block: DataView, codes: number, element: number, code: number): void {
  const place = codes + (element % half);
  const byte = block.getUint8(place);
  block.setUint8(place, element < half ? (byte & 0xf0) | code : (byte & 15) | (code << 4));
}

/** The fifth bit of each element is a bit of the word at `bits`. */
function fifthAt(block: DataView, bits: number, littleEndian: boolean, element: number): number {
  return ((block.getUint32(bits, littleEndian) >>> element) & 1) << 4;
}

function scaleAt(block: DataView, at: number, littleEndian: boolean): number {
  return f16ToNumber(block.getUint16(at, littleEndian));
}

/** 32 elements of a scale and a code, which is zero at `zero`. */
function symmetric(bytes: number, codes: number, zero: number): BlockCoding {
  const hasFifth = bytes === 22;
  return {
    elements: 32,
    bytes,
    decode: (block, at, littleEndian, out, to) => {
      const scale = scaleAt(block, at, littleEndian);
      for (let i = 0; i < 32; i++) {
        const code = nibbleAt(block, at + codes, i) + (hasFifth ? fifthAt(block, at + 2, littleEndian, i) : 0);
        out[to + i] = scale * (code - zero);
      }
    },
    clear: (block, at, element, littleEndian) => {
      setNibble(block, at + codes, element, zero & 15);
      if (hasFifth) block.setUint32(at + 2, block.getUint32(at + 2, littleEndian) | (1 << element), littleEndian);
    },
  };
}

/** 32 elements of a scale, a least value and a code. */
function shifted(bytes: number, codes: number): BlockCoding {
  const hasFifth = bytes === 24;
  return {
    elements: 32,
    bytes,
    decode: (block, at, littleEndian, out, to) => {
      const scale = scaleAt(block, at, littleEndian);
      const least = scaleAt(block, at + 2, littleEndian);
      for (let i = 0; i < 32; i++) {
        const code = nibbleAt(block, at + codes, i) + (hasFifth ? fifthAt(block, at + 4, littleEndian, i) : 0);
        out[to + i] = Math.fround(scale * code) + least;
      }
    },
  };
}

const q8: BlockCoding = {
  elements: 32,
  bytes: 34,
  decode: (block, at, littleEndian, out, to) => {
    const scale = scaleAt(block, at, littleEndian);
    for (let i = 0; i < 32; i++) out[to + i] = scale * block.getInt8(at + 2 + i);
  },
  clear: (block, at, element) => block.setInt8(at + 2 + element, 0),
};

const ofIq4 = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;
/** Twice the values of f4_e2m1, whose scale is halved. */
const ofMxfp4 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12] as const;

function listed(bytes: number, values: readonly number[], scaleOf: BlockScale): BlockCoding['decode'] {
  const codes = bytes - half;
  return (block, at, littleEndian, out, to) => {
    const scale = scaleOf(block, at, littleEndian);
    for (let i = 0; i < 32; i++) out[to + i] = scale * values[nibbleAt(block, at + codes, i)]!;
  };
}
type BlockScale = (block: DataView, at: number, littleEndian: boolean) => number;

const codings: Readonly<Record<BlockType, BlockCoding>> = {
  Q4_0: symmetric(18, 2, 8),
  Q4_1: shifted(20, 4),
  Q5_0: symmetric(22, 6, 16),
  Q5_1: shifted(24, 8),
  Q8_0: q8,
  Q2_K: { elements: 256, bytes: 84, decode: q2K },
  Q3_K: { elements: 256, bytes: 110, decode: q3K, clear: clearQ3 },
  Q4_K: { elements: 256, bytes: 144, decode: q4K },
  Q5_K: { elements: 256, bytes: 176, decode: q5K },
  Q6_K: { elements: 256, bytes: 210, decode: q6K, clear: clearQ6 },
  IQ4_NL: { elements: 32, bytes: 18, decode: listed(18, ofIq4, scaleAt) },
  MXFP4: {
    elements: 32,
    bytes: 17,
    decode: listed(17, ofMxfp4, (block, at) => 2 ** (block.getUint8(at) - 128)),
    clear: (block, at, element) => setNibble(block, at + 1, element, 0),
  },
};

export function codingOf(type: BlockType): BlockCoding {
  return codings[type];
}
