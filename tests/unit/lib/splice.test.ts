/** Bytes that lie in several places, read and written as one file. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { blobOf } from '../../../src/lib/browser/blobOf';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { copyByReading, writtenTo } from '../../../src/lib/sink';
import { type ByteSource, memorySource } from '../../../src/lib/source';
import { joined, lengthOf, type Splice, splicedSource, writeSplice } from '../../../src/lib/splice';
import { memorySink } from '../../../src/lib/splicingSink';

const bytesOf = (source: ByteSource) => source.read(0, source.size);
const letters = Uint8Array.from(Buffer.from('abcdefghijklmnopqrstuvwxyz'));

/** Bytes of their own, and ranges of two sources. */
const splices = fc.array(fc.tuple(fc.constantFrom(0, 1, 2), fc.nat(26), fc.nat(8)), { maxLength: 12 }).map((drawn) => {
  const sources = [letters, letters.toReversed()].map((bytes) => blobSource(new Blob([bytes])));
  const each = drawn.map(([which, at, length]): Splice[number] => {
    const end = Math.min(26, at + length);
    return which === 2 ? letters.slice(at, end) : { source: sources[which]!, start: at, end };
  });
  const expected = drawn.flatMap(([which, at, length]) =>
    [...(which === 1 ? letters.toReversed() : letters)].slice(at, Math.min(26, at + length)),
  );
  return { splice: each as Splice, expected: Uint8Array.from(expected) };
});

describe('a splice', () => {
  it('is the same bytes, read from anywhere, written, and as a Blob', async () => {
    await fc.assert(
      fc.asyncProperty(splices, fc.nat(100), fc.nat(100), async ({ splice, expected }, from, length) => {
        const source = splicedSource(splice);
        expect(source.size).toBe(expected.length);
        expect(lengthOf(joined(splice))).toBe(expected.length);
        const start = Math.min(from, expected.length);
        const end = Math.min(expected.length, start + length);
        expect(await source.read(start, end - start)).toEqual(expected.slice(start, end));
        expect(await bytesOf(source)).toEqual(expected);
        const written = await writtenTo(memorySink(), async (sink) => {
          expect(await writeSplice(sink, splice)).toBe(expected.length);
        });
        expect(await bytesOf(written)).toEqual(expected);
        expect(new Uint8Array(await blobOf(splice).arrayBuffer())).toEqual(expected);
      }),
    );
  });

  it('may be read only where it has bytes', async () => {
    const source = splicedSource([letters]);
    await expect(source.read(20, 7)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('gives bytes that the caller may change', async () => {
    const source = splicedSource([letters]);
    (await source.read(0, 3)).fill(0);
    expect(await source.read(0, 1)).toEqual(letters.slice(0, 1));
  });

  it('of neighbours is one slice, and of nothing is none', async () => {
    const [source, other] = ['abcdef', 'xyz'].map((text) => blobSource(new Blob([text])));
    const splice = [
      { source: source!, start: 0, end: 2 },
      { source: source!, start: 2, end: 2 },
      { source: source!, start: 2, end: 5 },
      { source: other!, start: 0, end: 3 },
      { source: source!, start: 5, end: 6 },
    ];
    expect(joined(splice)).toEqual([
      { source, start: 0, end: 5 },
      { source: other, start: 0, end: 3 },
      { source, start: 5, end: 6 },
    ]);
    expect(await blobOf(splice).text()).toBe('abcdexyzf');
  });

  it('of anything but Blobs is no Blob', () => {
    expect(() => blobOf([{ source: memorySource(letters), start: 0, end: 1 }])).toThrow(/no Blob/);
  });
});

describe('a sink that splices', () => {
  const extent = (start: number, end: number) => ({ source: memorySource(letters), start, end });

  it('has bytes that were put over copied ones, wherever they came from, whenever that was', async () => {
    const written = await writtenTo(memorySink(), async (sink) => {
      await sink.put(6, Uint8Array.of(1, 2));
      await sink.copy(extent(10, 20), 3);
      await sink.put(0, Uint8Array.of(7, 8, 9));
      await sink.put(11, Uint8Array.of(3, 4));
    });
    expect(await bytesOf(written)).toEqual(
      Uint8Array.of(7, 8, 9, ...letters.slice(10, 13), 1, 2, ...letters.slice(15, 18), 3, 4),
    );
  });

  it.each([
    ['a gap', [{ from: 2, to: 5 }], /Byte 0 of the new file/],
    [
      'a gap in the middle',
      [
        { from: 0, to: 2 },
        { from: 3, to: 5 },
      ],
      /Byte 2 of the new file/,
    ],
    [
      'bytes put twice',
      [
        { from: 0, to: 3 },
        { from: 2, to: 5 },
      ],
      /Byte 2 of the new file/,
    ],
  ])('refuses %s', async (_, puts, message) => {
    const writing = writtenTo(memorySink(), async (sink) => {
      for (const { from, to } of puts) await sink.put(from, new Uint8Array(to - from));
    });
    await expect(writing).rejects.toThrow(message);
  });

  it('lets go of what it was given when the writing fails', async () => {
    const sink = memorySink();
    const abort = vi.spyOn(sink, 'abort');
    await expect(writtenTo(sink, () => Promise.reject(new Error('cancelled')))).rejects.toThrow('cancelled');
    expect(abort).toHaveBeenCalledOnce();
  });
});

it('what a sink cannot copy is read and put, in pieces', async () => {
  const size = 20 * 2 ** 20;
  const source = memorySource(Uint8Array.from({ length: size }, (_, i) => i % 251));
  const recycle = vi.fn();
  const written = await writtenTo(memorySink(), (sink) =>
    copyByReading(sink, { source: { ...source, recycle }, start: 5, end: size - 5 }, 0),
  );
  expect(Buffer.compare(await bytesOf(written), await source.read(5, size - 10))).toBe(0);
  expect(recycle).toHaveBeenCalledTimes(3);
});
