/** Codes with scales and zero points: scale · (code − zero point), as ONNX's DequantizeLinear and TensorFlow Lite have it. */

export interface AffineCodes {
  /** Of a code; where they are less than a byte the first stands in the low ones. Absent: 8. */
  readonly bits?: 2 | 4 | 8;
  readonly signed: boolean;
  readonly scales: Float32Array;
  /** As many as scales, or one for all. */
  readonly zeroPoints: Int32Array;
  /** Elements that lie together with one scale; the next have the next, and behind the last it begins anew. */
  readonly inChannel: number;
  /** Scales of blocks along an axis that do not lie together: see `scaleIndex`. In place of `inChannel`. */
  readonly blocks?: Blocks;
}

export interface Blocks {
  /** Of the axis. */
  readonly size: number;
  /** Elements of it with one scale; the last block may be shorter. */
  readonly block: number;
  /** Elements behind one step along it. */
  readonly behind: number;
}

export function codesInByte({ bits = 8 }: AffineCodes): number {
  return 8 / bits;
}

/** The least and the largest code. */
export function codeRange({ bits = 8, signed }: Pick<AffineCodes, 'bits' | 'signed'>): readonly [number, number] {
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** @returns elements of whole bytes. @param first index of the first one */
export function decodeAffine(codes: Uint8Array, coding: AffineCodes, first: number): Float32Array<ArrayBuffer> {
  const { scales, zeroPoints, inChannel, blocks } = coding;
  const out = new Float32Array(codes.length * codesInByte(coding));
  for (let i = 0; i < out.length; ) {
    const element = first + i;
    const index = scaleIndex(coding, element);
    const scale = scales[index]!;
    const zero = zeroPoints[index % zeroPoints.length]!;
    const end = blocks ? i + 1 : Math.min(out.length, (Math.floor(element / inChannel) + 1) * inChannel - first);
    for (; i < end; i++) out[i] = scale * (codeAt(codes, coding, i) - zero);
  }
  return out;
}

/** Writes the zero point over a code. @param place of it in `codes`, whose first is the tensor's `first` */
export function clearAffine(codes: Uint8Array, coding: AffineCodes, first: number, place: number): void {
  const { zeroPoints } = coding;
  setCode(codes, coding, place, zeroPoints[scaleIndex(coding, first + place) % zeroPoints.length]!);
}

/** The code whose value is nearest, for a value that may be none of them. @param place as for `clearAffine` */
export function setNearest(codes: Uint8Array, coding: AffineCodes, first: number, place: number, value: number): void {
  const index = scaleIndex(coding, first + place);
  const zero = coding.zeroPoints[index % coding.zeroPoints.length]!;
  const [least, most] = codeRange(coding);
  const code = Math.round(value / coding.scales[index]!) + zero;
  // A scale of 0 has no nearest one.
  setCode(codes, coding, place, Number.isNaN(code) ? zero : Math.min(most, Math.max(least, code)));
}

/** Which scale is an element's. */
function scaleIndex({ scales, inChannel, blocks }: AffineCodes, element: number): number {
  if (!blocks) return Math.floor(element / inChannel) % scales.length;
  const { size, block, behind } = blocks;
  const row = Math.floor(element / behind);
  const outer = Math.floor(row / size);
  const inRow = Math.ceil(size / block);
  return (outer * inRow + Math.floor((row % size) / block)) * behind + (element % behind);
}

function codeAt(codes: Uint8Array, { bits = 8, signed }: AffineCodes, place: number): number {
  if (bits === 8) return signed ? (codes[place]! << 24) >> 24 : codes[place]!;
  const inByte = 8 / bits;
  const code = codes[Math.floor(place / inByte)]! >> (bits * (place % inByte));
  return signed ? (code << (32 - bits)) >> (32 - bits) : code & (2 ** bits - 1);
}

function setCode(codes: Uint8Array, { bits = 8 }: AffineCodes, place: number, code: number): void {
  if (bits === 8) {
    codes[place] = code;
    return;
  }
  const inByte = 8 / bits;
  const byte = Math.floor(place / inByte);
  const shift = bits * (place % inByte);
  const mask = 2 ** bits - 1;
  codes[byte] = (codes[byte]! & ~(mask << shift)) | ((code & mask) << shift);
}
