/** Archives that Secateur writes, read by zip.js, which verifies checksums, and by its own reader. */
import { BlobReader, configure, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { readZip } from '../../../../src/formats/zip/directory';
import { type StoredEntry, storedZip } from '../../../../src/formats/zip/write';
import { blobOf } from '../../../../src/lib/browser/blobOf';
import { blobSource } from '../../../../src/lib/browser/blobSource';
import { crc32 } from '../../../../src/lib/crc32';
import { memorySource } from '../../../../src/lib/source';

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

  it('above 4 GiB is refused', () => {
    const large = {
      name: 'archive/data/0',
      content: [{ source: memorySource(new Uint8Array()), start: 0, end: 2 ** 32 }],
      crc: 0,
    };
    expect(() => storedZip([large])).toThrow(/would be 4\.3 GB/);
  });
});
