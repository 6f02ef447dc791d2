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
