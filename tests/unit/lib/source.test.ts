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

describe('memory that blobSource was given back', () => {
  const mebibyte = 2 ** 20;
  // Of several parts, as exports are: such Blobs are read in several pieces.
  const parts = Array.from({ length: 5 }, (_, i) => new Uint8Array(mebibyte + i).fill(i + 1));
  const blob = new Blob(parts);
  const whole = Buffer.concat(parts);

  it('is read into again', async () => {
    const source = blobSource(blob);
    const first = await source.read(0, 3 * mebibyte);
    source.recycle!(first);
    const second = await source.read(mebibyte + 3, 2 * mebibyte);
    expect(Buffer.compare(second, whole.subarray(mebibyte + 3, 3 * mebibyte + 3))).toBe(0);
    expect(second.buffer.byteLength).toBe(3 * mebibyte);
    expect(first.length).toBe(0);
  });

  it('stays out of what is read for somebody else', async () => {
    const source = blobSource(blob);
    source.recycle!(await source.read(0, 3 * mebibyte));
    const [one, other] = await Promise.all([source.read(0, 2 * mebibyte), source.read(mebibyte, 2 * mebibyte)]);
    expect(Buffer.compare(one, whole.subarray(0, 2 * mebibyte))).toBe(0);
    expect(Buffer.compare(other, whole.subarray(mebibyte, 3 * mebibyte))).toBe(0);
  });

  it('is left where the browser reads no other way than it ever did', async () => {
    const old = {
      size: blob.size,
      slice: (start: number, end: number) => ({
        size: end - start,
        arrayBuffer: () => blob.slice(start, end).arrayBuffer(),
        stream: () => ({
          getReader: () => {
            throw new TypeError('No such mode.');
          },
        }),
      }),
    } as unknown as Blob;
    const source = blobSource(old);
    source.recycle!(await source.read(0, 3 * mebibyte));
    expect(Buffer.compare(await source.read(5, 2 * mebibyte), whole.subarray(5, 2 * mebibyte + 5))).toBe(0);
  });

  it('says when the file became shorter meanwhile', async () => {
    const half = (start: number, end: number) => blob.slice(start, start + (end - start) / 2);
    const shrunk = {
      size: blob.size,
      slice: (start: number, end: number) => ({ size: end - start, stream: () => half(start, end).stream() }),
    };
    const source = blobSource(shrunk as unknown as Blob);
    source.recycle!(new Uint8Array(3 * mebibyte));
    await expect(source.read(0, 2 * mebibyte)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});
