import { describe, expect, it } from 'vitest';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { memorySource } from '../../../src/lib/source';

const bytes = Uint8Array.of(1, 2, 3, 4, 5);

describe.each([
  ['memorySource', memorySource(bytes)],
  ['blobSource', blobSource(new Blob([bytes]))],
])('%s', (_, source) => {
  it('reads exactly the range', async () => {
    expect(source.size).toBe(5);
    expect(await source.read(1, 3)).toEqual(Uint8Array.of(2, 3, 4));
    expect(await source.read(5, 0)).toEqual(new Uint8Array(0));
  });

  it('gives bytes that the caller may change', async () => {
    (await source.read(0, 5)).fill(9);
    expect(await source.read(0, 5)).toEqual(bytes);
  });

  it.each([
    [4, 2],
    [6, 0],
    [-1, 2],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
    [2 ** 53, 1],
  ])('refuses a range outside of it: %d, %d', async (offset, length) => {
    await expect(source.read(offset, length)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

it('blobSource says when the file became shorter', async () => {
  const shrunk = { size: 5, slice: () => new Blob([bytes.subarray(0, 2)]) } as unknown as Blob;
  await expect(blobSource(shrunk).read(0, 5)).rejects.toMatchObject({
    code: 'file-unreadable',
    message: 'The file became shorter while it was being read.',
  });
});

describe('memory that blobSource was given back', () => {
  const mebibyte = 2 ** 20;
  // Of several parts, as exports are: such Blobs are read in several pieces.
  const parts = Array.from({ length: 9 }, (_, i) => new Uint8Array(mebibyte + i).fill(i + 1));
  const blob = new Blob(parts);
  const whole = Buffer.concat(parts);
  const expectBytes = (bytes: Uint8Array, start: number) =>
    expect(Buffer.compare(bytes, whole.subarray(start, start + bytes.length))).toBe(0);

  /** Gives back four times 2 MiB, and counts the slices that are made from then on. */
  function prepared(slice = (start: number, end?: number): unknown => blob.slice(start, end), size = blob.size) {
    const starts: number[] = [];
    const counted = (start: number, end?: number) => {
      starts.push(start);
      return slice(start, end);
    };
    const source = blobSource({ size, slice: counted } as unknown as Blob);
    const given = Array.from({ length: 4 }, () => new Uint8Array(2 * mebibyte));
    for (const bytes of given) source.recycle!(bytes);
    return { source, starts, given };
  }

  it('is read into, by one slice of the Blob for reads that follow each other', async () => {
    const { source, starts, given } = prepared();
    const reads = [0, 1.5, 3, 4.5].map((at) => source.read(at * mebibyte, 1.5 * mebibyte));
    for (const [i, bytes] of (await Promise.all(reads)).entries()) {
      expectBytes(bytes, 1.5 * i * mebibyte);
      expect(bytes.buffer.byteLength).toBe(2 * mebibyte);
    }
    expect(starts).toEqual([0]);
    expect(given.map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  });

  it('is read into by several readers at a time', async () => {
    const { source, starts } = prepared();
    const places = [0, 4, 1, 5, 2, 6, 0, 7, 3];
    for (const pair of [places.slice(0, 2), places.slice(2, 4), places.slice(4, 6), places.slice(6, 8), [3]]) {
      const reads = await Promise.all(pair.map((at) => source.read(at * mebibyte + 3, mebibyte)));
      for (const [i, bytes] of reads.entries()) expectBytes(bytes, pair[i]! * mebibyte + 3);
      for (const bytes of reads) source.recycle!(bytes);
    }
    expect(starts.length).toBe(4);
  });

  it('is not waited for', async () => {
    const { source } = prepared();
    const reads = [0, 1, 2, 3, 4, 5].map((at) => source.read(at * mebibyte, mebibyte));
    for (const [at, bytes] of (await Promise.all(reads)).entries()) expectBytes(bytes, at * mebibyte);
  });

  it('is left where the browser has no such streams', async () => {
    const { source, given } = prepared((start, end) => ({
      arrayBuffer: () => blob.slice(start, end).arrayBuffer(),
      stream: () => ({
        getReader: () => {
          throw new TypeError('No such mode.');
        },
      }),
    }));
    expectBytes(await source.read(5, 2 * mebibyte), 5);
    expectBytes(await source.read(2 * mebibyte + 5, 2 * mebibyte), 2 * mebibyte + 5);
    expect(given.every(({ length }) => length === 2 * mebibyte)).toBe(true);
  });

  it('may end up with too few bytes, where the file became shorter', async () => {
    const { source } = prepared(undefined, 2 * blob.size);
    expectBytes(await source.read(7 * mebibyte, 2 * mebibyte), 7 * mebibyte);
    await expect(source.read(9 * mebibyte, 2 * mebibyte)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('is read into anew after a read that failed', async () => {
    let isGone = true;
    const failing = new ReadableStream({ type: 'bytes', pull: (controller) => controller.error(new Error('Gone.')) });
    const { source } = prepared((start) => (isGone ? { stream: () => failing } : blob.slice(start)));
    await expect(source.read(0, 2 * mebibyte)).rejects.toThrow('Gone.');
    isGone = false;
    expectBytes(await source.read(0, 2 * mebibyte), 0);
  });
});
