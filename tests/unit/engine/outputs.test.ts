/** Where a browser's worker writes: to a file or into a folder that was picked, or to a download. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { downloads, savingTo } from '../../../src/engine/worker/outputs';
import { SpillingStore } from '../../../src/engine/worker/spillingStore';
import { writtenTo } from '../../../src/lib/sink';
import { FakeWritable, stubFileSystem } from './fileSystem';

afterEach(() => vi.unstubAllGlobals());

/** A folder as its picker gives it. */
function folderOf(names: readonly string[], { lost = 0 } = {}) {
  const files = new Map<string, FakeWritable>(names.map((name) => [name, new FakeWritable()]));
  const handle = {
    kind: 'directory',
    async getFileHandle(name: string, { create = false } = {}) {
      if (!files.has(name) && !create) throw new DOMException('Not there.', 'NotFoundError');
      const file = files.get(name) ?? new FakeWritable();
      files.set(name, file);
      return {
        createWritable: async () => file.stream,
        getFile: async () => ({ size: file.result().length - lost }),
      };
    },
    removeEntry: async (name: string) => void files.delete(name),
  };
  return { files, handle: handle as unknown as FileSystemDirectoryHandle };
}

const bytes = Uint8Array.of(1, 2, 3);

describe('a folder', () => {
  it('gets every file under its name', async () => {
    const { files, handle } = folderOf(['notes.txt']);
    const open = savingTo(handle);
    for (const name of ['a.bin', 'b.bin']) await writtenTo(await open(name, 3), (sink) => sink.put(0, bytes));
    expect([...files.keys()]).toEqual(['notes.txt', 'a.bin', 'b.bin']);
    expect(files.get('b.bin')?.result()).toEqual(bytes);
  });

  it('keeps a file of the same name, which may be the original', async () => {
    const { files, handle } = folderOf(['a.bin']);
    await expect(savingTo(handle)('a.bin', 3)).rejects.toMatchObject({
      code: 'write-failed',
      message: 'The folder has a file named a.bin already.',
    });
    expect(files.get('a.bin')?.state).toBe('open');
  });

  it('has nothing left of a file that was not written to its end', async () => {
    const { files, handle } = folderOf([]);
    const failing = writtenTo(await savingTo(handle)('a.bin', 3), () => Promise.reject(new Error('cancelled')));
    await expect(failing).rejects.toThrow('cancelled');
    expect(files.size).toBe(0);
  });

  it('says when a file came out short', async () => {
    const { handle } = folderOf([], { lost: 1 });
    const saving = writtenTo(await savingTo(handle)('a.bin', 3), (sink) => sink.put(0, bytes));
    await expect(saving).rejects.toMatchObject({ message: 'The browser wrote 2 bytes instead of 3.' });
  });
});

it('files of one download share what they keep aside, and all of it is gone when one fails', async () => {
  const { files } = stubFileSystem();
  const open = downloads(new SpillingStore(15));
  const sinks = [await open('a.bin'), await open('b.bin')];
  const page = new Uint8Array(10).fill(7);
  for (const [i, sink] of sinks.entries()) await sink.put(0, page.subarray(i));
  expect(files.size).toBe(1);
  const blobs = await Promise.all(sinks.map((sink) => sink.close()));
  expect(blobs.map(({ size }) => size)).toEqual([page.length, page.length - 1]);
  for (const sink of sinks) await sink.abort();
  expect(files.size).toBe(0);
});
