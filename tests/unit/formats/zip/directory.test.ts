import { deflateRawSync } from 'node:zlib';
import {
  BlobReader,
  BlobWriter,
  configure,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { readContent } from '../../../../src/formats/zip/content';
import { readZip } from '../../../../src/formats/zip/directory';
import { blobSource } from '../../../../src/lib/browser/blobSource';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { goldenBytes } from '../pytorch/goldens';
import { type ArchiveOptions, type EntryOptions, zipOf } from './zipWriting';

configure({ useWebWorkers: false });

const data = new Uint8Array([1, 2, 3, 4, 5]);
const read = (bytes: Uint8Array) => readZip(memorySource(bytes), {});

describe('an archive', () => {
  it.each<[string, EntryOptions, ArchiveOptions]>([
    ['with sizes and CRC in the local header', { name: 'a/x', data }, {}],
    ['with a data descriptor', { name: 'a/x', data, descriptor: 16 }, {}],
    ['with a zip64 data descriptor', { name: 'a/x', data, descriptor: 24 }, {}],
    ['with a data descriptor without signature', { name: 'a/x', data, descriptor: 12 }, {}],
    ['with everything in zip64 fields', { name: 'a/x', data, zip64: true, descriptor: 24 }, { zip64: true }],
    ['with a padded local header', { name: 'a/x', data, padding: 61 }, {}],
    ['with bytes behind it', { name: 'a/x', data }, { trailing: 100 }],
  ])('%s is read, with both places of its CRC', async (_, entry, options) => {
    const bytes = zipOf([{ name: 'a/first', data, descriptor: 16 }, entry, { name: 'a/last' }], options);
    const entries = await read(bytes);
    expect(entries.map(({ name }) => name)).toEqual(['a/first', 'a/x', 'a/last']);
    const { range, crc, crcFields } = entries[1]!;
    expect(bytes.subarray(range.start, range.end)).toEqual(data);
    expect(crcFields).toHaveLength(2);
    for (const field of crcFields) expect(new DataView(bytes.buffer).getUint32(field, true)).toBe(crc);
  });

  it('may be empty', async () => {
    expect(await read(zipOf([]))).toEqual([]);
  });

  it('of thousands of entries far apart is read with few requests under way and little memory', async () => {
    // 3000 entries of 1 MiB, of which only the headers exist.
    const count = 3000;
    const gap = 2 ** 20;
    const entries = Array.from({ length: count }, (_, i) => ({
      name: `a/${i}`,
      size: gap,
      compressedSize: gap,
      crc: 1,
    }));
    const { source, statistics } = sparse(entries, gap);
    const found = await readZip(source, {});
    expect(found).toHaveLength(count);
    expect(found[count - 1]!.range.end - found[count - 1]!.range.start).toBe(gap);
    expect(statistics.mostAtOnce).toBeLessThanOrEqual(16);
    expect(statistics.bytes).toBeLessThan(2 * 2 ** 20);
  });

  it.each(['plain.pt', 'rezipped-stored.pt', 'rezipped-deflated.pt', 'scripted.pt'])(
    '%s is what zip.js sees, too',
    async (name) => {
      const bytes = goldenBytes(name);
      const theirs = await new ZipReader(new Uint8ArrayReader(bytes)).getEntries();
      const ours = await read(bytes);
      expect(ours.map(({ name: entryName, size, crc }) => [entryName, size, crc])).toEqual(
        theirs.map((entry) => [entry.filename, entry.uncompressedSize, entry.signature]),
      );
      for (const [i, entry] of ours.entries()) {
        const their = theirs[i]!;
        if (their.directory) continue;
        expect(await readContent(memorySource(bytes), entry, {})).toEqual(await their.getData!(new Uint8ArrayWriter()));
      }
    },
  );

  it.each([true, false])('that zip.js wrote is read (zip64: %s)', async (zip64) => {
    const writer = new ZipWriter(new BlobWriter(), { zip64, level: 0, dataDescriptor: zip64 });
    for (const name of ['a/x', 'a/y']) await writer.add(name, new BlobReader(new Blob([name])));
    const blob = await writer.close();
    const source = blobSource(blob);
    for (const entry of await readZip(source, {})) {
      expect(new TextDecoder().decode(await readContent(source, entry, {}))).toBe(entry.name);
      expect(entry.crcFields).toHaveLength(2);
    }
  });
});

describe('an archive is refused', () => {
  it.each<[string, readonly EntryOptions[], ArchiveOptions, string, RegExp]>([
    [
      'with two entries of one name',
      [{ name: 'a' }, { name: 'a' }],
      {},
      'malformed-file',
      /Two zip entries are named a/,
    ],
    [
      'with overlapping entries',
      [
        { name: 'a', data },
        { name: 'b', data, headerOffset: 20 },
      ],
      {},
      'malformed-file',
      /expected at offset 20|overlap/,
    ],
    [
      'with two entries in one place',
      [
        { name: 'a', data },
        { name: 'b', headerOffset: 0 },
      ],
      {},
      'malformed-file',
      /not named b/,
    ],
    ['with another name in the local header', [{ name: 'a', localName: 'b' }], {}, 'malformed-file', /not named a/],
    ['with another method in the local header', [{ name: 'a', localMethod: 8 }], {}, 'malformed-file', /contradicts/],
    ['with encryption in the local header', [{ name: 'a', localFlags: 1 }], {}, 'malformed-file', /contradicts/],
    ['with a descriptor in one header only', [{ name: 'a', localFlags: 8 }], {}, 'malformed-file', /contradicts/],
    ['with encryption', [{ name: 'a', flags: 1 }], {}, 'unsupported-feature', /encrypted/],
    ['with another method', [{ name: 'a', method: 93 }], {}, 'unsupported-feature', /method 93/],
    ['with a stored entry of two sizes', [{ name: 'a', data, size: 9 }], {}, 'malformed-file', /5 bytes stored of 9/],
    [
      'with an entry longer than the file',
      [{ name: 'a', size: 999, compressedSize: 999 }],
      {},
      'malformed-file',
      /entries end/,
    ],
    [
      'with an entry into the directory',
      [{ name: 'a', data, size: 9, compressedSize: 9 }],
      {},
      'malformed-file',
      /directory/,
    ],
    ['with a NUL in a name', [{ name: 'a\0b' }], {}, 'malformed-file', /NUL/],
    ['in several parts', [{ name: 'a' }], { disk: 1 }, 'malformed-file', /one part of several/],
    ['with fewer entries than it says', [{ name: 'a' }], { entries: 2 }, 'malformed-file', /2 entries/],
    [
      'with more entries than it says',
      [{ name: 'a' }, { name: 'b' }],
      { entries: 1 },
      'malformed-file',
      /more entries/,
    ],
    ['with a directory beyond its end', [{ name: 'a' }], { directoryStart: 1000 }, 'malformed-file', /reach past/],
    ['whose two end records differ', [{ name: 'a' }], { zip64: true, entries64: 2 }, 'malformed-file', /contradict/],
  ])('%s', async (_, entries, options, code, message) => {
    await expect(read(zipOf(entries, options))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each([false, true])('when it stands behind another, also one as long (zip64: %s)', async (zip64) => {
    // zipfile reads the second of them, and PyTorch the first where both are as long.
    for (const data of [new Uint8Array(5), new Uint8Array(9)]) {
      const [first, second] = [zipOf([{ name: 'a', data }], { zip64 }), zipOf([{ name: 'a' }], { zip64 })];
      await expect(read(new Uint8Array([...first, ...second]))).rejects.toMatchObject({ code: 'malformed-file' });
      await expect(read(new Uint8Array([...first, ...first]))).rejects.toMatchObject({ code: 'malformed-file' });
    }
  });

  it('when an entry lies inside another', async () => {
    const inner = zipOf([{ name: 'b', data }]).subarray(0, 30 + 1 + data.length);
    const outer = zipOf([
      { name: 'a', data: inner },
      { name: 'b', data, headerOffset: 30 + 1 },
    ]);
    await expect(read(outer)).rejects.toThrow(/a and b overlap at offset 31/);
  });

  it('when its end is missing', async () => {
    const bytes = zipOf([{ name: 'a', data }]);
    await expect(read(bytes.subarray(0, bytes.length - 10))).rejects.toThrow(/No end-of-directory record/);
  });
});

describe('a deflated entry', () => {
  const text = new TextEncoder().encode('weights '.repeat(100));
  const compressed = new Uint8Array(deflateRawSync(text));
  const content = async (entry: Partial<EntryOptions>) => {
    const bytes = zipOf([{ name: 'a', data: compressed, method: 8, size: text.length, ...entry }]);
    const [only] = await read(bytes);
    return readContent(memorySource(bytes), only!, {});
  };

  it('inflates', async () => {
    expect(await content({})).toEqual(text);
  });

  it('is refused when it inflates to more or less than it says', async () => {
    await expect(content({ size: text.length - 1 })).rejects.toThrow(/should inflate to 799 bytes, but gives more/);
    await expect(content({ size: text.length + 1 })).rejects.toThrow(/should inflate to 801 bytes, but gives 800/);
  });

  it('is refused when it is damaged', async () => {
    await expect(content({ data: compressed.map((byte) => ~byte) })).rejects.toThrow(/does not inflate/);
  });

  it('is refused above 256 MiB', async () => {
    await expect(content({ size: 2 ** 29 })).rejects.toMatchObject({ code: 'unsupported-feature' });
  });
});

/** An archive whose entries' bytes are all zero and never in memory; counts what is asked of it. */
function sparse(entries: readonly EntryOptions[], gap: number) {
  const headers = entries.map(({ name }) =>
    zipOf([{ name, size: gap, compressedSize: gap, crc: 1 }]).subarray(0, 30 + name.length),
  );
  const offsets: number[] = [];
  let at = 0;
  for (const header of headers) {
    offsets.push(at);
    at += header.length + gap;
  }
  const whole = zipOf(
    entries.map((entry, i) => ({ ...entry, headerOffset: offsets[i]! })),
    { directoryStart: at },
  );
  const packed = headers.reduce((sum, header) => sum + header.length, 0);
  const tail = whole.subarray(packed);
  const statistics = { now: 0, mostAtOnce: 0, bytes: 0 };
  const source: ByteSource = {
    size: at + tail.length,
    async read(offset, length) {
      statistics.mostAtOnce = Math.max(statistics.mostAtOnce, ++statistics.now);
      statistics.bytes += length;
      await Promise.resolve();
      statistics.now--;
      const bytes = new Uint8Array(length);
      const place = (part: Uint8Array, start: number) => {
        for (let i = Math.max(0, offset - start); i < part.length && start + i < offset + length; i++)
          bytes[start + i - offset] = part[i]!;
      };
      headers.forEach((header, i) => {
        place(header, offsets[i]!);
      });
      place(tail, at);
      return bytes;
    },
  };
  return { source, statistics };
}
