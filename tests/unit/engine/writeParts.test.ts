/** The original with patches in place: the same file in every sink, and as many files as it is made of. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { downloads, scratch } from '../../../src/engine/worker/outputs';
import { PickedFile } from '../../../src/engine/worker/pickedFile';
import { writeParts, writePatched } from '../../../src/engine/writing/writeParts';
import { blobSource } from '../../../src/lib/browser/blobSource';
import type { Part } from '../../../src/lib/parts';
import { type ByteSink, type OpenSink, writtenTo } from '../../../src/lib/sink';
import type { ByteSource } from '../../../src/lib/source';
import { memorySink } from '../../../src/lib/splicingSink';
import { FakeWritable } from './fileSystem';
import { generate, patchedFiles } from './patchedFiles';

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytesOf = async (source: ByteSource) => new Uint8Array(await source.read(0, source.size));
const sourceOf = (bytes: Uint8Array<ArrayBuffer>) => blobSource(new Blob([bytes]));

describe.each<[string, () => ByteSink<ByteSource>]>([
  ['Blobs', scratch],
  ['memory', memorySink],
])('the patched file in %s', (_, open) => {
  it('is the file with the patches in place', async () => {
    await fc.assert(
      fc.asyncProperty(patchedFiles, async ({ file, patches, expected }) => {
        let said = '';
        const written = await writtenTo(open(), async (sink) => {
          said = await writePatched(sourceOf(file), generate(patches), sink);
        });
        expect(await bytesOf(written)).toEqual(expected);
        expect(said).toBe('what the generator says');
      }),
    );
  });
});

/** A sink that takes anything, and tells what became of it. */
function watchedSink() {
  return { put: vi.fn(async () => {}), copy: vi.fn(async () => {}), close: vi.fn(), abort: vi.fn(async () => {}) };
}

describe('a file that is saved', () => {
  const only = (file: ByteSource): Part[] => [{ name: 'a.bin', start: 0, end: file.size }];
  const saved = (file: ByteSource, patches: ReturnType<typeof generate>, { stream }: FakeWritable) =>
    writeParts(file, only(file), patches, () => new PickedFile(stream));

  it('is the file with the patches in place', async () => {
    await fc.assert(
      fc.asyncProperty(patchedFiles, async ({ file, patches, expected }) => {
        const writable = new FakeWritable();
        const { result } = await saved(sourceOf(file), generate(patches), writable);
        expect(result).toBe('what the generator says');
        expect(writable.result()).toEqual(expected);
        expect(writable.state).toBe('closed');
      }),
    );
  });

  it('is written in pieces that are as the patches left them, each while the next is made', async () => {
    const size = 20 * 2 ** 20 + 5;
    const file = sourceOf(new Uint8Array(size).fill(1));
    // Of odd sizes, in one memory that is used again.
    const page = new Uint8Array(3 * 2 ** 20 + 7);
    async function* pages() {
      for (let offset = 10; offset < size - 10; offset += page.length) {
        const bytes = page.subarray(0, Math.min(page.length, size - 10 - offset)).fill(offset % 251);
        yield { offset, bytes };
      }
      return '';
    }
    const writable = new FakeWritable({ delay: () => new Promise((resolve) => setTimeout(resolve)) });
    await saved(file, pages(), writable);
    const expected = new Uint8Array(size).fill(1);
    for await (const { offset, bytes } of pages()) expected.set(bytes, offset);
    expect(Buffer.compare(writable.result(), expected)).toBe(0);
    expect(writable.pieces).toEqual([10, 8 * 2 ** 20, 8 * 2 ** 20, 4 * 2 ** 20 - 15, 10]);
  });

  it('is copied where it has not changed, without being read here', async () => {
    const file = sourceOf(new Uint8Array(70 * 2 ** 20));
    const written: unknown[] = [];
    const writable = { write: async ({ data }: { data: unknown }) => written.push(data), close: async () => {} };
    const stream = writable as unknown as FileSystemWritableFileStream;
    await writeParts(file, only(file), generate([]), () => new PickedFile(stream));
    expect(written.map((data) => data instanceof Blob && data.size)).toEqual([64 * 2 ** 20, 6 * 2 ** 20]);
  });

  it('is not left behind when the disk is full, or the export fails', async () => {
    const abc = sourceOf(Uint8Array.from(Buffer.from('abc')));
    const full = new FakeWritable({ failAt: 2 });
    await expect(saved(abc, generate([]), full)).rejects.toMatchObject({
      code: 'write-failed',
      message: 'There is no room left where the file is being saved.',
    });
    expect(full.state).toBe('aborted');
    const failed = new FakeWritable();
    await expect(saved(abc, generate([], new Error('cancelled')), failed)).rejects.toThrow('cancelled');
    expect(failed.state).toBe('aborted');
  });
});

describe('a checkpoint of several files', () => {
  /** Cuts a file into parts, some of which may be empty. */
  const cutInParts = patchedFiles.chain((each) =>
    fc.array(fc.nat(each.file.length), { minLength: 1, maxLength: 5 }).map((cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), each.file.length];
      const parts = edges.slice(1).map((end, i): Part => ({ name: `part ${i}`, start: edges[i]!, end }));
      return { ...each, parts };
    }),
  );

  it.each<[string, () => OpenSink<Blob | ByteSource>]>([
    ['Blobs', downloads],
    ['memory', () => memorySink],
  ])('is written as those that a patch falls into, under their own names: in %s', async (_, sinks) => {
    await fc.assert(
      fc.asyncProperty(cutInParts, async ({ file, patches, expected, parts }) => {
        const opened: string[] = [];
        const open = sinks();
        const { files, result } = await writeParts(sourceOf(file), parts, generate(patches), (name, size) => {
          opened.push(`${name}: ${size}`);
          return open(name, size);
        });
        const touched = parts.filter(({ start, end }) =>
          patches.some(({ offset, bytes }) => Math.max(start, offset) < Math.min(end, offset + bytes.length)),
        );
        expect(files.map(({ name, size }) => `${name}: ${size}`)).toEqual(
          touched.map(({ name, start, end }) => `${name}: ${end - start}`),
        );
        expect(opened.sort()).toEqual(files.map(({ name, size }) => `${name}: ${size}`));
        for (const [i, { content }] of files.entries()) {
          const { start, end } = touched[i]!;
          const source = content instanceof Blob ? blobSource(content) : content;
          expect(await bytesOf(source)).toEqual(expected.slice(start, end));
        }
        expect(result).toBe('what the generator says');
      }),
    );
  });

  const file = sourceOf(Uint8Array.from({ length: 30 }, (_, i) => i));
  const three: Part[] = [0, 10, 20].map((start, i) => ({ name: `${i}`, start, end: start + 10 }));
  const patch = (offset: number) => ({ offset, bytes: Uint8Array.of(255) });

  it('is none at all where nothing changes, and one file is one in any case', async () => {
    expect((await writeParts(file, three, generate([]), memorySink)).files).toEqual([]);
    const [only] = (await writeParts(file, [{ name: 'a.pt', start: 0, end: 30 }], generate([]), memorySink)).files;
    expect(only).toMatchObject({ name: 'a-pruned.pt', size: 30 });
  });

  it('is closed when all of it is written, and what was copied of one does not wait for the others', async () => {
    const order: string[] = [];
    const open = (name: string): ByteSink => ({
      put: async (offset) => void order.push(`put ${name} ${offset}`),
      copy: async ({ start, end }, offset) => void order.push(`copy ${name} ${start} ${end} ${offset}`),
      close: async () => order.push(`close ${name}`),
      abort: async () => {},
    });
    await writeParts(file, three, generate([patch(5), patch(22), patch(7)]), open);
    expect(order).toEqual([
      'copy 0 0 5 0',
      'put 0 5',
      'copy 0 6 10 6',
      'copy 2 20 22 0',
      'put 2 2',
      'copy 2 23 30 3',
      'put 0 7',
      'close 0',
      'close 2',
    ]);
  });

  it.each([
    ['the export fails', generate([patch(5), patch(15)], new Error('cancelled')), () => {}],
    [
      'the last file cannot be closed',
      generate([patch(5), patch(15)]),
      (sinks: ReturnType<typeof watchedSink>[]) => sinks[1]!.close.mockRejectedValue(new Error('cancelled')),
    ],
  ])('leaves none of its files behind when %s', async (_, patches, prepare) => {
    const sinks = [watchedSink(), watchedSink()];
    prepare(sinks);
    const waiting = [...sinks];
    await expect(writeParts(file, three, patches, () => waiting.shift()!)).rejects.toThrow('cancelled');
    for (const { abort } of sinks) expect(abort).toHaveBeenCalledOnce();
  });

  it('leaves what was begun behind when another file cannot be begun', async () => {
    const sink = watchedSink();
    const open = async (name: string) => {
      if (name === '1') throw new Error('No such folder.');
      return sink;
    };
    await expect(writeParts(file, three, generate([patch(5), patch(15)]), open)).rejects.toThrow('No such folder.');
    expect(sink.abort).toHaveBeenCalledOnce();
  });
});
