import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crc32Change, crc32, crc32c, crc32Raw, crc32SkipZeros, maskedCrc, unmaskedCrc } from '../../../src/lib/crc32';

describe('crc32', () => {
  it('gives the check value of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('equals zlib on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });

  it('skips zeros as if they had been there', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(5000), (state, count) => {
        expect(crc32SkipZeros(state, count)).toBe(crc32Raw(state, new Uint8Array(count)));
      }),
    );
  });

  it('skips more zeros than 32 bits can count', () => {
    const once = crc32SkipZeros(0xdeadbeef, 2 ** 31 + 5);
    expect(crc32SkipZeros(once, 2 ** 31 - 5)).toBe(crc32SkipZeros(0xdeadbeef, 2 ** 32));
  });
});

describe('crc32c', () => {
  it('gives the check value of the standard, and is masked as LevelDB masks it and back', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (crc) => {
        expect(unmaskedCrc(maskedCrc(crc))).toBe(crc);
      }),
    );
  });
});

describe('Crc32Change', () => {
  it('turns the old checksum into the new one from the patched bytes alone', () => {
    const patch = fc.record({ gap: fc.nat(40), bytes: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 300, maxLength: 300 }),
        fc.array(patch, { maxLength: 3 }),
        (original, patches) => {
          const patched = original.slice();
          const change = new Crc32Change({ start: 1000, end: 1000 + original.length });
          let at = 0;
          for (const { gap, bytes } of patches) {
            at += gap;
            change.add(
              1000 + at,
              bytes.map((byte, i) => byte ^ original[at + i]!),
            );
            patched.set(bytes, at);
            at += bytes.length;
          }
          expect((crc32(original) ^ change.finish()) >>> 0).toBe(crc32(patched));
        },
      ),
    );
  });
});
