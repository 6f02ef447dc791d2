/** Pieces of a file that is saved: in memory, or in files of their own once they are large. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PickedFile, PieceMemory } from '../../../src/engine/worker/pickedFile';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { FakeWritable, stubFileSystem } from './fileSystem';

const memoryBytes = 8;
const stagedBytes = 20;

afterEach(() => vi.unstubAllGlobals());

const writerTo = (file: FakeWritable, memory = new PieceMemory(memoryBytes)) =>
  new PickedFile(file.stream, memory, stagedBytes);

/** Runs of bytes, as long as they are and so far apart. */
const runs = fc.array(fc.record({ length: fc.nat(50), gap: fc.oneof(fc.constant(0), fc.nat(9)) }), { maxLength: 12 });

describe('PickedFile', () => {
  it.each([
    ['there is a private file system', {}],
    ['it has little room', { room: 13 }],
    ['it has little room, and throws', { room: 13, throws: true }],
    ['there is none', undefined],
  ])('writes every byte where it belongs, where %s', async (_, system) => {
    await fc.assert(
      fc.asyncProperty(runs, async (drawn) => {
        const { files, opened, locks } = stubFileSystem(system);
        if (!system) vi.stubGlobal('navigator', {});
        const file = new FakeWritable();
        const writer = writerTo(file);
        const expected: number[] = [];
        let position = 0;
        for (const { length, gap } of drawn) {
          // Copied from another file.
          const other = blobSource(new Blob([new Uint8Array(gap + 3).fill(9)]));
          await writer.copy({ source: other, start: 2, end: gap + 2 }, position);
          for (let i = 0; i < gap; i++) expected[position++] = 9;
          const bytes = Uint8Array.from({ length }, (_, i) => (position + i) % 251);
          await writer.put(position, bytes);
          for (const byte of bytes) expected[position++] = byte;
          // Its memory is used again.
          bytes.fill(0);
        }
        await writer.close();
        await vi.waitFor(() => expect(locks.size).toBe(0));
        expect([...file.result()]).toEqual(expected);
        expect(Math.max(0, ...file.pieces)).toBeLessThanOrEqual(system ? 20 : Math.max(9, memoryBytes));
        expect(files.size).toBe(0);
        expect(opened.handles).toBe(0);
      }),
    );
  });

  it('makes large pieces of long runs, and none of its files stays', async () => {
    const { files } = stubFileSystem();
    const file = new FakeWritable();
    const writer = writerTo(file);
    for (let at = 0; at < 50; at += 5) await writer.put(at, new Uint8Array(5).fill(at));
    expect(files.size).toBe(1);
    await writer.close();
    expect(file.pieces).toEqual([20, 20, 10]);
    expect(files.size).toBe(0);
  });

  it('leaves none of its files when it is aborted, or the disk is full', async () => {
    const { files, opened } = stubFileSystem();
    const aborted = writerTo(new FakeWritable());
    await aborted.put(0, new Uint8Array(30));
    await aborted.abort();
    expect([files.size, opened.handles]).toEqual([0, 0]);

    const full = writerTo(new FakeWritable({ failAt: 5 }));
    await full.put(0, new Uint8Array(30));
    await expect(full.close()).rejects.toMatchObject({ code: 'write-failed' });
    await full.abort();
    expect([files.size, opened.handles]).toEqual([0, 0]);
  });

  it('shares its memory with files that are written at the same time', async () => {
    vi.stubGlobal('navigator', {});
    const memory = new PieceMemory(memoryBytes);
    const take = vi.spyOn(memory, 'take');
    const files = Array.from({ length: 5 }, () => new FakeWritable());
    const writers = files.map((file) => writerTo(file, memory));
    for (const [i, writer] of writers.entries()) {
      await writer.put(0, new Uint8Array(20).fill(i));
      // As the rest of a file is copied before another is begun.
      await writer.copy({ source: blobSource(new Blob(['rest'])), start: 0, end: 4 }, 20);
    }
    for (const writer of writers) await writer.close();
    for (const [i, file] of files.entries()) {
      expect(file.result()).toEqual(Uint8Array.of(...new Uint8Array(20).fill(i), ...Buffer.from('rest')));
    }
    expect(new Set(take.mock.results.map(({ value }) => value)).size).toBeLessThanOrEqual(2);
  });
});
