/**
 * CRC-32 (zip's, polynomial 0xEDB88320), CRC-32C (Castagnoli's, 0x82F63B78) and their algebra: they are affine over GF(2), so the
 * checksum of a patched record follows from the old checksum and the changed bytes alone (FORMATS: cross-cutting).
 */

const slices = 16;

/** A 32-bit CRC by its polynomial, reflected. Initial value and final XOR are left out. */
export class Crc {
  /** tables[k][b]: the state after byte b and then k zero bytes (slicing-by-16). */
  private readonly tables: readonly Int32Array[];
  /** zeroBytes[k]: the linear map of 2^k zero bytes on the shift register; column j is the image of bit j. */
  private readonly zeroBytes: Uint32Array[];

  constructor(polynomial: number) {
    this.tables = tablesOf(polynomial);
    this.zeroBytes = [Uint32Array.from({ length: 32 }, (_, bit) => this.raw(1 << bit, new Uint8Array(1)))];
  }

  /** Runs the shift register over `bytes`, from `state`. */
  raw(state: number, bytes: Uint8Array): number {
    const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = this.tables as Int32Array[];
    let crc = state | 0;
    let at = 0;
    const blocksEnd = bytes.length - (bytes.length % slices);
    for (; at < blocksEnd; at += slices) {
      crc =
        t15![(bytes[at]! ^ crc) & 0xff]! ^
        t14![(bytes[at + 1]! ^ (crc >>> 8)) & 0xff]! ^
        t13![(bytes[at + 2]! ^ (crc >>> 16)) & 0xff]! ^
        t12![(bytes[at + 3]! ^ (crc >>> 24)) & 0xff]! ^
        t11![bytes[at + 4]!]! ^
        t10![bytes[at + 5]!]! ^
        t9![bytes[at + 6]!]! ^
        t8![bytes[at + 7]!]! ^
        t7![bytes[at + 8]!]! ^
        t6![bytes[at + 9]!]! ^
        t5![bytes[at + 10]!]! ^
        t4![bytes[at + 11]!]! ^
        t3![bytes[at + 12]!]! ^
        t2![bytes[at + 13]!]! ^
        t1![bytes[at + 14]!]! ^
        t0![bytes[at + 15]!]!;
    }
    for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0![(crc ^ bytes[at]!) & 0xff]!;
    return crc >>> 0;
  }

  /** The state after `count` zero bytes, in O(log count). */
  skipZeros(state: number, count: number): number {
    let crc = state >>> 0;
    // Division, not shifts: counts exceed 32 bits.
    for (let k = 0, rest = count; rest > 0 && crc !== 0; k++, rest = Math.floor(rest / 2)) {
      if (k === this.zeroBytes.length) this.zeroBytes.push(squared(this.zeroBytes[k - 1]!));
      if (rest % 2 === 1) crc = times(this.zeroBytes[k]!, crc);
    }
    return crc;
  }
}

function tablesOf(polynomial: number): Int32Array[] {
  const made = Array.from({ length: slices }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[0]![byte] = crc;
  }
  for (let k = 1; k < slices; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = made[k - 1]![byte]!;
      made[k]![byte] = (before >>> 8) ^ made[0]![before & 0xff]!;
    }
  }
  return made;
}

function times(matrix: Uint32Array, vector: number): number {
  let sum = 0;
  for (let bit = 0, rest = vector >>> 0; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= matrix[bit]!;
  return sum >>> 0;
}

function squared(matrix: Uint32Array): Uint32Array {
  return matrix.map((column) => times(matrix, column));
}

const zip = new Crc(0xedb88320);
let castagnoli: Crc | undefined;

/** Of zip archives. */
export function zipCrc(): Crc {
  return zip;
}

/** Of LevelDB's tables. */
export function castagnoliCrc(): Crc {
  castagnoli ??= new Crc(0x82f63b78);
  return castagnoli;
}

/** Runs the raw shift register of zip's CRC (initial value and final XOR left out) over `bytes`, from `state`. */
export function crc32Raw(state: number, bytes: Uint8Array): number {
  return zip.raw(state, bytes);
}

/** The CRC-32 of `bytes`, as zip stores it. */
export function crc32(bytes: Uint8Array): number {
  return ~zip.raw(0xffffffff, bytes) >>> 0;
}

/** The raw state after `count` zero bytes, in O(log count). */
export function crc32SkipZeros(state: number, count: number): number {
  return zip.skipZeros(state, count);
}

/** The CRC-32C of `bytes`. */
export function crc32c(bytes: Uint8Array): number {
  return ~castagnoliCrc().raw(0xffffffff, bytes) >>> 0;
}

/** How LevelDB's tables store a CRC (leveldb/util/crc32c.h): a CRC over bytes that hold CRCs is a weak one. */
const maskDelta = 0xa282ead8;

export function maskedCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + maskDelta) >>> 0;
}

export function unmaskedCrc(masked: number): number {
  const rotated = (masked - maskDelta) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/**
 * Follows the patches to one checksummed range and gives `old XOR new` of its CRC, unmasked. Patches must come in ascending
 * order and not overlap; bytes between them are taken as unchanged.
 */
export class Crc32Change {
  private state = 0;
  private position: number;
  private readonly end: number;
  private readonly crc: Crc;

  /** @param range `[start, end)` in bytes of the file */
  constructor(range: { start: number; end: number }, crc = zip) {
    this.crc = crc;
    this.position = range.start;
    this.end = range.end;
  }

  /** @param difference old XOR new bytes of a patch at file offset `offset` */
  add(offset: number, difference: Uint8Array): void {
    this.state = this.crc.raw(this.crc.skipZeros(this.state, offset - this.position), difference);
    this.position = offset + difference.length;
  }

  finish(): number {
    return this.crc.skipZeros(this.state, this.end - this.position);
  }
}
