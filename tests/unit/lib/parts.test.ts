/** Several files as one byte source. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstPart, joinedSource, partsOf, sourceOfPart } from '../../../src/lib/parts';
import { memorySource } from '../../../src/lib/source';

const files = fc.array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 5 });

describe('a source of several files', () => {
  it('reads any range as if the files were one', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.nat(), fc.nat(), async (each, a, b) => {
        const whole = Buffer.concat(each);
        const source = joinedSource(each.map(memorySource));
        const [start, end] = [a % (whole.length + 1), b % (whole.length + 1)].sort((x, y) => x - y) as [number, number];
        expect(source.size).toBe(whole.length);
        expect(Buffer.compare(await source.read(start, end - start), whole.subarray(start, end))).toBe(0);
      }),
    );
  });

  it('refuses a range beyond its end', async () => {
    const source = joinedSource([memorySource(new Uint8Array(3)), memorySource(new Uint8Array(4))]);
    await expect(source.read(5, 3)).rejects.toMatchObject({ code: 'file-unreadable' });
    await expect(source.read(-1, 2)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('has a table that says which bytes are whose, and each file reads as it did alone', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (each) => {
        const source = joinedSource(each.map(memorySource));
        const parts = partsOf(each.map(({ length }, i) => ({ name: `${i}`, size: length })));
        expect(firstPart(parts).name).toBe('0');
        for (const [i, part] of parts.entries()) {
          const alone = sourceOfPart(source, part);
          expect(Buffer.compare(await alone.read(0, alone.size), each[i]!)).toBe(0);
        }
      }),
    );
  });

  it('does not let one file be read beyond its end, into the next', async () => {
    const source = joinedSource([memorySource(new Uint8Array(3)), memorySource(new Uint8Array(4))]);
    const [first] = partsOf([
      { name: 'a', size: 3 },
      { name: 'b', size: 4 },
    ]);
    await expect(sourceOfPart(source, first!).read(2, 2)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});
