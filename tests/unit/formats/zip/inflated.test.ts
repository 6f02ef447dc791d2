/** Archives whose weights are compressed: inflated as they open, and held to what they say. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readContent } from '../../../../src/formats/zip/content';
import { readZip } from '../../../../src/formats/zip/directory';
import { withStoredWeights } from '../../../../src/formats/zip/inflated';
import { storedZip } from '../../../../src/formats/zip/write';
import { crc32 } from '../../../../src/lib/crc32';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { splicedSource } from '../../../../src/lib/splice';
import { memorySink } from '../../../../src/lib/splicingSink';
import { pruned } from '../pruned';

const original = new Uint8Array(
  readFileSync(resolve(import.meta.dirname, '../../../golden/files/pytorch/rezipped-deflated.pt')),
);
const inflating = { scratch: memorySink, signal: new AbortController().signal, progress: () => {} };
const stored = (source: ByteSource) => withStoredWeights(source, 'a.pt', inflating);

async function contentsOf(source: ByteSource): Promise<Map<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  for (const entry of await readZip(source, {})) contents.set(entry.name, await readContent(source, entry, {}));
  return contents;
}

/** One compressed storage that says what it is given to say. */
function archive(weights: Uint8Array, said: { size?: number; crc?: number } = {}): ByteSource {
  const content = [new Uint8Array(deflateRawSync(weights))];
  const { size = weights.length, crc = crc32(weights) } = said;
  return splicedSource(storedZip([{ name: 'archive/data/0', content, crc, inflates: size }]));
}

describe('an archive with compressed weights', () => {
  it('becomes one that holds them stored, with the same entries in the same order', async () => {
    const source = splicedSource((await stored(memorySource(original)))!);
    expect(await contentsOf(source)).toEqual(await contentsOf(memorySource(original)));
    const entries = await readZip(source, {});
    const before = await readZip(memorySource(original), {});
    expect(entries.map(({ name, crc }) => [name, crc])).toEqual(before.map(({ name, crc }) => [name, crc]));
    for (const { name, deflated } of entries) expect([name, deflated]).toEqual([name, !/\/data\/\d+$/.test(name)]);
  });

  it('is pruned in that form, and says how large it was given', async () => {
    const { opened, report } = await pruned([new File([original], 'deflated.pt')]);
    expect(opened.readOnly).toBeUndefined();
    expect(opened.compressedSize).toBe(original.length);
    expect(report.zeros).toBeGreaterThan(0);
    const written = memorySource(new Uint8Array(await report.files[0]!.file!.arrayBuffer()));
    for (const entry of await readZip(written, {})) {
      expect(crc32(await readContent(written, entry, {}))).toBe(entry.crc);
    }
  });

  it('is left as it is where nothing of the kind is compressed', async () => {
    const plain = readFileSync(resolve(import.meta.dirname, '../../../golden/files/pytorch/plain.pt'));
    expect(await stored(memorySource(new Uint8Array(plain)))).toBeUndefined();
    expect(await stored(memorySource(new Uint8Array(5)))).toBeUndefined();
  });
});

describe('what an entry says is held', () => {
  const zeros = new Uint8Array(2_000_000);

  it('more than it says stops the inflating there', async () => {
    await expect(stored(archive(zeros, { size: 100_000 }))).rejects.toMatchObject({
      code: 'malformed-file',
      message: 'archive/data/0 should inflate to 100000 bytes, but gives more.',
    });
  });

  it('less than it says is named', async () => {
    await expect(stored(archive(zeros, { size: 2_000_001 }))).rejects.toThrow(
      'should inflate to 2000001 bytes, but gives 2000000',
    );
  });

  it('more than any compression gives is refused before a byte is inflated', async () => {
    await expect(stored(archive(zeros, { size: 2 ** 31 }))).rejects.toThrow('which no compression of this kind does');
  });

  it('a wrong checksum is named', async () => {
    await expect(stored(archive(zeros, { crc: 5 }))).rejects.toThrow('its checksum does not hold');
  });

  it('bytes that are no compression are named', async () => {
    const content = [Uint8Array.of(7, 7, 7, 7, 7, 7)];
    const damaged = splicedSource(storedZip([{ name: 'a/data/0', content, crc: 1, inflates: 100 }]));
    await expect(stored(damaged)).rejects.toThrow('a/data/0 does not inflate');
  });

  it('more than 16 GiB in all is refused', async () => {
    const bytes: ByteSource = { size: 2 ** 26, read: async (_, length) => new Uint8Array(length) };
    const entry = { content: [{ source: bytes, start: 0, end: 2 ** 26 }], crc: 1, inflates: 2 ** 33 + 1 };
    const large = splicedSource(
      storedZip([
        { name: 'a/data/0', ...entry },
        { name: 'a/data/1', ...entry },
      ]),
    );
    await expect(stored(large)).rejects.toMatchObject({ code: 'unsupported-feature' });
  });
});
