/** Archives that Secateur writes, read by zip.js, which verifies checksums, and by its own reader. */
import { BlobReader, configure, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../../../src/formats/zip/directory';
import { type StoredEntry, storedZip } from '../../../../src/formats/zip/write';
import { blobOf } from '../../../../src/lib/browser/blobOf';
import { blobSource } from '../../../../src/lib/browser/blobSource';
import { crc32 } from '../../../../src/lib/crc32';
import type { ByteSource } from '../../../../src/lib/source';
import { splicedSource } from '../../../../src/lib/splice';

configure({ useWebWorkers: false });

function entry(name: string, length: number): StoredEntry {
  const bytes = Uint8Array.from({ length }, (_, i) => i);
  return { name, content: [bytes], crc: crc32(bytes) };
}

describe('a written archive', () => {
  const entries = [entry('archive/data.pkl', 100), entry('archive/层', 0), entry('archive/data/0', 1000)];

  it('holds its entries with right checksums, aligned to 64 bytes', async () => {
    const zip = blobOf(storedZip(entries));
    const reader = new ZipReader(new BlobReader(zip), { checkSignature: true, checkOverlappingEntry: true });
    const read = await reader.getEntries();
    expect(read.map(({ filename }) => filename)).toEqual(entries.map(({ name }) => name));
    for (const [i, each] of read.entries()) {
      if (each.directory) throw new Error(`${each.filename} is a folder`);
      const bytes = await each.getData(new Uint8ArrayWriter());
      expect(bytes).toEqual(entries[i]!.content[0]);
    }
    for (const { range, crcFields } of await readZip(blobSource(zip), {})) {
      expect(range.start % 64).toBe(0);
      expect(crcFields).toHaveLength(2);
    }
  });

  it('may be empty', async () => {
    expect(await readZip(blobSource(blobOf(storedZip([]))), {})).toEqual([]);
  });

  it('above 4 GiB has zip64 records, for the entry and for what lies behind it', async () => {
    const zeros: ByteSource = { size: 2 ** 33, read: async (_, length) => new Uint8Array(length) };
    const large = { name: 'archive/data/0', content: [{ source: zeros, start: 0, end: 2 ** 32 + 5 }], crc: 7 };
    const zip = splicedSource(storedZip([large, entry('archive/data/1', 100)]));
    const [first, second] = await readZip(zip, {});
    expect(first).toMatchObject({ name: large.name, size: 2 ** 32 + 5, crc: 7 });
    expect(second!.range).toEqual({ start: second!.range.start, end: second!.range.start + 100 });
    expect(second!.range.start).toBeGreaterThan(2 ** 32);
    expect(await zip.read(second!.range.start, 100)).toEqual(Uint8Array.from({ length: 100 }, (_, i) => i));
  });

  it('has zip64 records where its entries are too many to be counted in 16 bits', async () => {
    const entries = Array.from({ length: 70_000 }, (_, i): StoredEntry => ({ name: `${i}`, content: [], crc: 0 }));
    expect(await readZip(splicedSource(storedZip(entries)), {})).toHaveLength(70_000);
  });
});
