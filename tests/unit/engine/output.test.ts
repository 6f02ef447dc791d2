import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { spliceFile, writePatched } from '../../../src/engine/writing/output';
import type { Patch } from '../../../src/engine/writing/patches';
import { joined, type PatchStore, SpillingPatchStore } from '../../../src/engine/writing/patchStore';
import { FakeWritable, stubFileSystem } from './fileSystem';

afterEach(() => {
  vi.unstubAllGlobals();
});

async function* generate(patches: readonly Patch[], failure?: Error): AsyncGenerator<Patch, string> {
  yield* patches;
  if (failure) throw failure;
  return 'what the generator says';
}

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

/** A file, and patches that do not overlap: ascending ones, then a few out of order, as checksums are. */
const cases = fc
  .record({
    file: fc.uint8Array({ minLength: 20, maxLength: 300, size: 'max' }),
    cuts: fc.uniqueArray(fc.nat(300), { maxLength: 16, size: 'max' }),
    isLate: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    fill: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ file, cuts, isLate, fill }) => {
    const edges = [...new Set(cuts.map((cut) => cut % (file.length + 1)))].sort((a, b) => a - b);
    const ascending: Patch[] = [];
    const late: Patch[] = [];
    for (let i = 0; i + 1 < edges.length; i += 2) {
      const patch = { offset: edges[i]!, bytes: new Uint8Array(edges[i + 1]! - edges[i]!).fill(fill + i) };
      (isLate[i / 2] ? late : ascending).push(patch);
    }
    const patches = [...ascending, ...late.reverse()];
    const expected = file.slice();
    for (const { offset, bytes } of patches) expected.set(bytes, offset);
    return { file: new Blob([file as Uint8Array<ArrayBuffer>]), patches, expected };
  });

describe('spliceFile', () => {
  it('is the file with the patches in place', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ file, patches, expected }) => {
        const { blob, result } = await spliceFile(file, generate(patches), new SpillingPatchStore());
        expect(await bytesOf(blob)).toEqual(expected);
        expect(result).toBe('what the generator says');
      }),
    );
  });

  it('lets go of what it kept when the export fails', async () => {
    const store: PatchStore = { put: vi.fn(), finish: vi.fn(), discard: vi.fn(async () => {}) };
    const patches = generate([{ offset: 0, bytes: new Uint8Array(1) }], new Error('cancelled'));
    await expect(spliceFile(new Blob(['abc']), patches, store)).rejects.toThrow('cancelled');
    expect(store.put).toHaveBeenCalledOnce();
    expect(store.discard).toHaveBeenCalledOnce();
  });
});

describe('joined', () => {
  const blob = new Blob(['abcdef']);

  it('makes one slice of neighbours, and none of nothing', async () => {
    const other = new Blob(['xyz']);
    const ranges = [
      { blob, start: 0, end: 2 },
      { blob, start: 2, end: 2 },
      { blob, start: 2, end: 5 },
      { blob: other, start: 0, end: 3 },
      { blob, start: 5, end: 6 },
    ];
    const blobs = joined(ranges);
    expect(await Promise.all(blobs.map((one) => one.text()))).toEqual(['abcde', 'xyz', 'f']);
    expect(blobs[1]).toBe(other);
  });
});

describe('writePatched', () => {
  it('writes the file with the patches in place', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ file, patches, expected }) => {
        const writable = new FakeWritable();
        expect(await writePatched(file, generate(patches), writable.stream)).toBe('what the generator says');
        expect(writable.result()).toEqual(expected);
        expect(writable.state).toBe('closed');
      }),
    );
  });

  it('writes large files in pieces that are as the patches left them, each while the next is made', async () => {
    const size = 20 * 2 ** 20 + 5;
    const file = new Blob([new Uint8Array(size).fill(1)]);
    // Of odd sizes, in one memory that is used again.
    const page = new Uint8Array(3 * 2 ** 20 + 7);
    async function* pages() {
      for (let offset = 10; offset < size - 10; offset += page.length) {
        const bytes = page.subarray(0, Math.min(page.length, size - 10 - offset)).fill(offset % 251);
        yield { offset, bytes };
      }
    }
    const writable = new FakeWritable({ delay: () => new Promise((resolve) => setTimeout(resolve)) });
    await writePatched(file, pages(), writable.stream);
    const expected = new Uint8Array(size).fill(1);
    for await (const { offset, bytes } of pages()) expected.set(bytes, offset);
    expect(Buffer.compare(writable.result(), expected)).toBe(0);
    expect(writable.pieces).toEqual([10, 8 * 2 ** 20, 8 * 2 ** 20, 4 * 2 ** 20 - 15, 10]);
  });

  it('copies what has not changed without reading it here', async () => {
    const file = new Blob([new Uint8Array(70 * 2 ** 20)]);
    const written: unknown[] = [];
    const writable = { write: async ({ data }: { data: unknown }) => written.push(data), close: async () => {} };
    await writePatched(file, generate([]), writable as unknown as FileSystemWritableFileStream);
    expect(written.map((data) => data instanceof Blob && data.size)).toEqual([64 * 2 ** 20, 6 * 2 ** 20]);
  });

  it('leaves no file behind when the disk is full, or the export fails', async () => {
    const full = new FakeWritable({ failAt: 2 });
    await expect(writePatched(new Blob(['abc']), generate([]), full.stream)).rejects.toMatchObject({
      code: 'write-failed',
      message: 'There is no room left where the file is being saved.',
    });
    expect(full.state).toBe('aborted');
    const failed = new FakeWritable();
    const patches = generate([], new Error('cancelled'));
    await expect(writePatched(new Blob(['abc']), patches, failed.stream)).rejects.toThrow('cancelled');
    expect(failed.state).toBe('aborted');
  });
});

describe('SpillingPatchStore', () => {
  const patches = Array.from({ length: 6 }, (_, i) => new Uint8Array(10).fill(i + 1));
  const kept = async (store: PatchStore) => {
    for (const bytes of patches) await store.put(bytes);
    const ranges = await store.finish();
    return Promise.all(ranges.map((range) => bytesOf(new Blob(joined([range])))));
  };

  it('keeps a few patches in memory', async () => {
    const { files } = stubFileSystem();
    expect(await kept(new SpillingPatchStore(60))).toEqual(patches);
    expect(files.size).toBe(0);
  });

  it('keeps many in the file system', async () => {
    const { files, opened } = stubFileSystem();
    expect(await kept(new SpillingPatchStore(25))).toEqual(patches);
    expect([...files.values()]).toEqual([patches.flatMap((bytes) => [...bytes])]);
    expect(opened.handles).toBe(0);
  });

  it.each([true, false])('goes on in memory when the file system is full (that throws: %s)', async (throws) => {
    stubFileSystem({ room: 25, throws });
    expect(await kept(new SpillingPatchStore(15))).toEqual(patches);
  });

  it('says so where the browser has no room for what stays in memory', async () => {
    vi.stubGlobal('navigator', {});
    const store = new SpillingPatchStore(15);
    await store.put(patches[0]!);
    // A Blob that could not be kept looks like any other until it is read.
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValueOnce(new DOMException('Gone.', 'NotReadableError'));
    await expect(store.finish()).rejects.toMatchObject({ code: 'write-failed' });
  });

  it('stays in memory where there is no file system', async () => {
    vi.stubGlobal('navigator', {});
    expect(await kept(new SpillingPatchStore(15))).toEqual(patches);
  });

  it('says when the file system lost what it had taken', async () => {
    stubFileSystem({ lost: 1 });
    await expect(kept(new SpillingPatchStore(15))).rejects.toMatchObject({
      code: 'write-failed',
      message: 'The browser kept 59 of 60 bytes.',
    });
  });

  it('removes its file when it is discarded, and those of workers that are gone', async () => {
    const { files, opened } = stubFileSystem({ abandoned: ['secateur-patches-old', 'of somebody else'] });
    const store = new SpillingPatchStore(15);
    for (const bytes of patches) await store.put(bytes);
    expect([...files.keys()]).toEqual(['of somebody else', expect.stringMatching(/^secateur-patches-/)]);
    await store.discard();
    expect([...files.keys()]).toEqual(['of somebody else']);
    expect(opened.handles).toBe(0);
  });
});
