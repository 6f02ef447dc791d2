import { describe, expect, it } from 'vitest';
import { blobSource, memorySource } from '../../../src/lib/source';

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

describe('long reads of blobSource', () => {
  const mebibyte = 2 ** 20;
  // Of several parts, as exports are: such Blobs are read in several pieces.
  const parts = Array.from({ length: 9 }, (_, i) => new Uint8Array(mebibyte + i).fill(i + 1));
  const blob = new Blob(parts);
  const whole = Buffer.concat(parts);
  const expectBytes = (bytes: Uint8Array, start: number) =>
    expect(Buffer.compare(bytes, whole.subarray(start, start + bytes.length))).toBe(0);

  /** Counts the slices made of it. */
  function counting() {
    const starts: number[] = [];
    const slice = (start: number, end?: number) => {
      starts.push(start);
      return blob.slice(start, end);
    };
    return { source: blobSource({ size: blob.size, slice } as unknown as Blob), starts };
  }

  it('that follow each other need one slice of the Blob', async () => {
    const { source, starts } = counting();
    const reads = [0, 3, 6].map((at) => source.read(at * mebibyte, 3 * mebibyte));
    for (const [i, bytes] of (await Promise.all(reads)).entries()) expectBytes(bytes, 3 * i * mebibyte);
    expect(starts).toEqual([0]);
  });

  it('may be anywhere, of several readers at a time', async () => {
    const { source, starts } = counting();
    const places = [0, 4, 1, 5, 2, 6, 0, 7, 3];
    const reads = places.map((at) => source.read(at * mebibyte + 3, mebibyte));
    for (const [i, bytes] of (await Promise.all(reads)).entries()) expectBytes(bytes, places[i]! * mebibyte + 3);
    expect(starts.length).toBe(4);
  });

  it('go into memory that was given back, and only into that', async () => {
    const source = blobSource(blob);
    const first = await source.read(0, 3 * mebibyte);
    const { buffer } = first;
    source.recycle!(first);
    const [second, third] = await Promise.all([
      source.read(3 * mebibyte, 2 * mebibyte),
      source.read(5 * mebibyte, 3 * mebibyte),
    ]);
    expect(buffer.byteLength).toBe(0);
    expect(second.buffer.byteLength).toBe(3 * mebibyte);
    expectBytes(second, 3 * mebibyte);
    expectBytes(third, 5 * mebibyte);
  });

  it('are of a slice each where the browser has no such streams', async () => {
    const old = (start: number, end: number) => ({
      arrayBuffer: () => blob.slice(start, end).arrayBuffer(),
      stream: () => ({
        getReader: () => {
          throw new TypeError('No such mode.');
        },
      }),
    });
    const source = blobSource({ size: blob.size, slice: old } as unknown as Blob);
    expectBytes(await source.read(5, 2 * mebibyte), 5);
    expectBytes(await source.read(2 * mebibyte + 5, 2 * mebibyte), 2 * mebibyte + 5);
  });

  it('say when the file became shorter', async () => {
    const shrunk = { size: 2 * blob.size, slice: (start: number) => blob.slice(start) } as unknown as Blob;
    const source = blobSource(shrunk);
    expectBytes(await source.read(0, 8 * mebibyte), 0);
    await expect(source.read(8 * mebibyte, 8 * mebibyte)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('begin anew after one that failed', async () => {
    let isGone = true;
    const failing = new ReadableStream({ type: 'bytes', pull: (controller) => controller.error(new Error('Gone.')) });
    const slice = (start: number) => (isGone ? { stream: () => failing } : blob.slice(start));
    const source = blobSource({ size: blob.size, slice } as unknown as Blob);
    await expect(source.read(0, 2 * mebibyte)).rejects.toThrow('Gone.');
    isGone = false;
    expectBytes(await source.read(0, 2 * mebibyte), 0);
  });
});
