/**
 * Halves that stand in a file as varints (https://protobuf.dev/programming-guides/encoding), one to ten bytes each. What a
 * varint holds can change without a change of its length: leading zeros may be written, and every parser reads them.
 */
import type { ByteRange } from './tensor';

/** Elements that are read and changed as two bytes each, at addresses of their own. */
export interface VarintElements {
  /** Those addresses: behind the end of the file, where storages of such tensors point. */
  readonly addresses: ByteRange;
  /** Where the varints are in the file, in logical order; each holds whole ones. */
  readonly segments: readonly ByteRange[];
  /** Bytes of varints before every `markedElements`th element, from the first. */
  readonly marks: readonly number[];
  /** Of all varints. */
  readonly byteLength: number;
}

export const markedElements = 4096;
export const elementBytes = 2;

/**
 * Reads varints of halves from `position` on.
 * @param elements as many as there is room for, little-endian
 * @returns the position behind them
 */
export function decodeVarints(varints: Uint8Array, position: number, elements: Uint8Array): number {
  let at = position;
  for (let element = 0; element < elements.length; element += elementBytes) {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = varints[at++]!;
      // Later bytes are zeros: what they would add was refused.
      if (shift < 16) value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    elements[element] = value & 0xff;
    elements[element + 1] = value >> 8;
  }
  return at;
}

/** The position behind `count` varints. */
export function skipVarints(varints: Uint8Array, position: number, count: number): number {
  let at = position;
  for (let i = 0; i < count; i++) while (varints[at++]! >= 0x80);
  return at;
}

/**
 * Writes halves over varints, each in as many bytes as there were.
 * @returns the position behind them; undefined where one does not fit
 */
export function encodeVarints(varints: Uint8Array, position: number, elements: Uint8Array): number | undefined {
  let at = position;
  for (let element = 0; element < elements.length; element += elementBytes) {
    let value = elements[element]! | (elements[element + 1]! << 8);
    let isLast = false;
    while (!isLast) {
      if (at === varints.length) return undefined;
      isLast = varints[at]! < 0x80;
      varints[at++] = (value & 0x7f) | (isLast ? 0 : 0x80);
      value >>= 7;
    }
    if (value !== 0) return undefined;
  }
  return at;
}

/** Checks varints as they come, and marks where every `markedElements`th begins. */
export class VarintScan {
  readonly marks: number[] = [];
  /** Varints that have ended. */
  count = 0;
  /** Whether one was no half: more than 16 bits, or more than ten bytes. */
  isRefused = false;
  private position = 0;
  private length = 0;

  /** Whether the last varint has ended. */
  get isWhole(): boolean {
    return this.length === 0;
  }

  add(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (this.length === 0 && this.count % markedElements === 0) this.marks.push(this.position + i);
      const bits = byte & 0x7f;
      if (this.length >= 2 && bits > (this.length === 2 ? 3 : 0)) this.isRefused = true;
      this.length++;
      if (this.length > 10) this.isRefused = true;
      if (byte >= 0x80) continue;
      this.length = 0;
      this.count++;
    }
    this.position += bytes.length;
  }
}
