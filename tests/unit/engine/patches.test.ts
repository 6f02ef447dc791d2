/** Patches inside zip archives, with zip.js to say whether the checksums hold. */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContent } from '../../../src/formats/zip/content';
import { readZip } from '../../../src/formats/zip/directory';
import { crc32 } from '../../../src/lib/crc32';
import { memorySource } from '../../../src/lib/source';
import { goldenBytes } from '../formats/pytorch/goldens';
import { type ArchiveOptions, type EntryOptions, zipOf } from '../formats/zip/zipWriting';
import { openBytes, patched, recipeOf } from './patched';

configure({ useWebWorkers: false });

async function recordsOf(name: string): Promise<EntryOptions[]> {
  const source = memorySource(goldenBytes(name));
  const entries = await readZip(source, {});
  return Promise.all(entries.map(async (entry) => ({ name: entry.name, data: await readContent(source, entry, {}) })));
}

/** Reads every entry with zip.js, which holds its bytes against the directory's CRC. */
async function assertSound(archive: Uint8Array): Promise<void> {
  const entries = await new ZipReader(new Uint8ArrayReader(archive), { checkSignature: true }).getEntries();
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) if (!entry.directory) await entry.getData!(new Uint8ArrayWriter());
}

/** Every stored copy of every CRC is that of the entry's bytes. */
async function assertEveryCopy(archive: Uint8Array): Promise<void> {
  const view = new DataView(archive.buffer, archive.byteOffset);
  const source = memorySource(archive);
  for (const entry of await readZip(source, {})) {
    const crc = crc32(await readContent(source, entry, {}));
    for (const field of entry.crcFields) expect(view.getUint32(field, true)).toBe(crc);
  }
}

const everything = { tensors: ['*.weight', '*.bias', 'table'], kinds: ['conv', 'linear', 'recurrent'] } as const;

describe('the checksums of a patched archive', () => {
  const layouts: [string, Partial<EntryOptions>, ArchiveOptions][] = [
    ['in the local header', {}, {}],
    ['in a data descriptor', { descriptor: 16 }, {}],
    ['in a zip64 data descriptor', { descriptor: 24 }, { zip64: true }],
    ['in a data descriptor without signature', { descriptor: 12 }, {}],
    ['behind padding', { padding: 37, descriptor: 16 }, {}],
    ['in a zip64 directory', { zip64: true }, { zip64: true }],
  ];

  it.each(layouts)('hold in every place: %s', async (_, entry, options) => {
    const records = await recordsOf('plain.pt');
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (sparsity) => {
        const original = zipOf(
          records.map((record) => ({ ...record, ...entry })),
          options,
        );
        const session = await openBytes(original, 'model.pt');
        const { bytes } = await patched(original, session, recipeOf({ ...everything, amount: { sparsity } }));
        await assertSound(bytes);
        await assertEveryCopy(bytes);
        expect(bytes.length).toBe(original.length);
      }),
      { numRuns: 10 },
    );
  });

  it.each(['plain.pt', 'rezipped-stored.pt', 'before-2.1.pt', 'scripted.pt', 'module.pt', 'lightning.ckpt'])(
    'hold in what PyTorch and Python wrote: %s',
    async (name) => {
      const original = goldenBytes(name);
      const { bytes, patches } = await patched(original, await openBytes(original, name), recipeOf({}));
      expect(patches.length).toBeGreaterThan(0);
      await assertSound(bytes);
      await assertEveryCopy(bytes);
    },
  );

  it('stay absent where they were (save.compute_crc32=False)', async () => {
    const original = goldenBytes('no-crc.pt');
    const { bytes, patches } = await patched(original, await openBytes(original, 'no-crc.pt'), recipeOf({}));
    expect(patches.length).toBeGreaterThan(0);
    for (const { crc } of await readZip(memorySource(bytes), {})) expect(crc).toBe(0);
  });

  it('stay wrong where they were, so that nobody takes a damaged record for a sound one', async () => {
    const records = await recordsOf('plain.pt');
    const damaged = records.map((record) => ({ ...record, crc: crc32(record.data!) ^ 0x1234 }));
    const original = zipOf(damaged);
    const { bytes } = await patched(original, await openBytes(original, 'model.pt'), recipeOf({}));
    for (const { range, crc } of await readZip(memorySource(bytes), {})) {
      expect(crc32(bytes.subarray(range.start, range.end)) ^ crc).toBe(0x1234);
    }
  });
});

describe('patches', () => {
  it('come in ascending order, checksums once all that they cover has come, and only where something changed', async () => {
    const original = goldenBytes('plain.pt');
    const session = await openBytes(original, 'plain.pt');
    const { patches } = await patched(original, session, recipeOf({}));
    const weights = patches.filter(({ bytes }) => bytes.length > 4);
    patches.forEach(({ offset, bytes }, i) => {
      if (bytes.length > 4) return;
      const covering = session.measurable.checkpoint.checksums.find(({ fields }) => fields.includes(offset))!;
      expect(patches.slice(i).some((later) => later.bytes.length > 4 && later.offset < covering.range.end)).toBe(false);
    });
    weights.forEach(({ offset, bytes }, i) => {
      expect(Buffer.compare(bytes, original.subarray(offset, offset + bytes.length))).not.toBe(0);
      if (i > 0) expect(offset).toBeGreaterThanOrEqual(weights[i - 1]!.offset + weights[i - 1]!.bytes.length);
    });
  });

  it('are none for what is already zero', async () => {
    const original = goldenBytes('plain.pt');
    const once = await patched(original, await openBytes(original, 'plain.pt'), recipeOf({}));
    const again = await patched(once.bytes, await openBytes(once.bytes, 'plain.pt'), recipeOf({}));
    expect(again.patches).toEqual([]);
    expect(again.counts).toEqual({ ...once.counts, changed: 0 });
  });
});
