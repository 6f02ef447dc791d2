/** Bytes that are kept until a download is made of them. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SpillingStore } from '../../../src/engine/worker/spillingStore';
import type { ByteStore } from '../../../src/lib/splicingSink';
import { stubFileSystem } from './fileSystem';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const patches = Array.from({ length: 6 }, (_, i) => new Uint8Array(10).fill(i + 1));

async function kept(store: ByteStore): Promise<Uint8Array[]> {
  for (const [i, bytes] of patches.entries()) expect(await store.put(bytes)).toBe(i);
  const extents = await store.finish();
  // Several sinks share a store, and each of them asks.
  expect(await store.finish()).toBe(extents);
  return Promise.all(extents.map(({ source, start, end }) => source.read(start, end - start)));
}

describe('SpillingStore', () => {
  it('keeps a few patches in memory', async () => {
    const { files } = stubFileSystem();
    expect(await kept(new SpillingStore(60))).toEqual(patches);
    expect(files.size).toBe(0);
  });

  it('keeps many in the file system', async () => {
    const { files, opened } = stubFileSystem();
    expect(await kept(new SpillingStore(25))).toEqual(patches);
    expect([...files.values()]).toEqual([patches.flatMap((bytes) => [...bytes])]);
    expect(opened.handles).toBe(0);
  });

  it.each([true, false])('goes on in memory when the file system is full (that throws: %s)', async (throws) => {
    stubFileSystem({ room: 25, throws });
    expect(await kept(new SpillingStore(15))).toEqual(patches);
  });

  it('says so where the browser has no room for what stays in memory', async () => {
    vi.stubGlobal('navigator', {});
    const store = new SpillingStore(15);
    await store.put(patches[0]!);
    // A Blob that could not be kept looks like any other until it is read.
    vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValueOnce(new DOMException('Gone.', 'NotReadableError'));
    await expect(store.finish()).rejects.toMatchObject({ code: 'write-failed' });
  });

  it('stays in memory where there is no file system', async () => {
    vi.stubGlobal('navigator', {});
    expect(await kept(new SpillingStore(15))).toEqual(patches);
  });

  it('says when the file system lost what it had taken', async () => {
    stubFileSystem({ lost: 1 });
    await expect(kept(new SpillingStore(15))).rejects.toMatchObject({
      code: 'write-failed',
      message: 'The browser kept 59 of 60 bytes.',
    });
  });

  it('removes its file when it is discarded, and those of workers that are gone', async () => {
    const { files, opened } = stubFileSystem({ abandoned: ['secateur-patches-old', 'of somebody else'] });
    const store = new SpillingStore(15);
    for (const bytes of patches) await store.put(bytes);
    expect([...files.keys()]).toEqual(['of somebody else', expect.stringMatching(/^secateur-patches-/)]);
    await store.discard();
    expect([...files.keys()]).toEqual(['of somebody else']);
    expect(opened.handles).toBe(0);
    // Each of the sinks that share it may ask for it.
    await store.discard();
  });
});
