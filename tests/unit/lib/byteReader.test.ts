import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/lib/byteReader';

const bytes = Uint8Array.from({ length: 32 }, (_, i) => 0xf0 + (i % 16));

describe('ByteReader', () => {
  it('reads little-endian integers one after the other', () => {
    const reader = new ByteReader(bytes);
    expect(reader.u8()).toBe(0xf0);
    expect(reader.u16()).toBe(0xf2f1);
    expect(reader.u32()).toBe(0xf6f5f4f3);
    expect(reader.i32()).toBe(0xfaf9f8f7 | 0);
    expect(reader.u64()).toBe(0xf2f1f0fffefdfcfbn);
    expect(reader.i64()).toBe(BigInt.asIntN(64, 0xfaf9f8f7f6f5f4f3n));
    expect(reader.remaining).toBe(5);
  });

  it('reads views of a larger buffer, and gives views of it', () => {
    const reader = new ByteReader(bytes.subarray(4, 12));
    const slice = reader.slice(3);
    expect(slice).toEqual(bytes.slice(4, 7));
    expect(slice.buffer).toBe(bytes.buffer);
    reader.skip(4);
    expect(reader.remaining).toBe(1);
  });

  it.each<[string, (reader: ByteReader) => unknown]>([
    ['an integer', (reader) => reader.u32()],
    ['a slice', (reader) => reader.slice(3)],
    ['a slice of negative length', (reader) => reader.slice(-1)],
    ['a slice of no length at all', (reader) => reader.slice(Number.NaN)],
    ['a skip', (reader) => reader.skip(2 ** 53)],
  ])('refuses %s beyond its end, with the place in the file', (_, read) => {
    const reader = new ByteReader(bytes.subarray(0, 4), 1000, { record: 'archive/data.pkl' });
    reader.skip(2);
    expect(() => read(reader)).toThrow(/expected at offset 1002, but only 2 are left/);
    // Nothing was consumed.
    expect(reader.offset).toBe(1002);
    try {
      read(reader);
    } catch (error) {
      expect(error).toMatchObject({ code: 'malformed-file', context: { record: 'archive/data.pkl', offset: 1002 } });
    }
  });

  it('gives 64-bit sizes as numbers up to their limit', () => {
    const sizes = new BigUint64Array([5n, 6n, 2n ** 64n - 1n]);
    const reader = new ByteReader(new Uint8Array(sizes.buffer));
    expect(reader.size64('A length', 5)).toBe(5);
    expect(() => reader.size64('A length', 5)).toThrow('A length says 6, but at most 5 is possible here.');
    expect(() => reader.size64('A length', Number.MAX_SAFE_INTEGER)).toThrow(/18446744073709551615/);
  });
});
