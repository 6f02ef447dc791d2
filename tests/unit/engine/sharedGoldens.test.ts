/** Tensors that share a storage, pruned here and by PyTorch (tests/golden/sharing.py). */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContent } from '../../../src/formats/zip/content';
import { readZip } from '../../../src/formats/zip/directory';
import { crc32 } from '../../../src/lib/crc32';
import { memorySource } from '../../../src/lib/source';
import { goldenBytes, openBytes as openCheckpoint } from '../formats/pytorch/goldens';
import { openBytes, patched, recipeOf } from './patched';

const folder = resolve(import.meta.dirname, '../../golden/files/sharing');

interface Expected {
  /** Each for itself, half of it. */
  readonly pruned: readonly string[];
  /** By PyTorch's comparison. */
  readonly changed: readonly string[];
}

const expected = new Map(
  Object.entries(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>),
);

/** All bytes of all storages; of an archive held against every copy of their checksums. */
async function storagesOf(bytes: Uint8Array<ArrayBuffer>): Promise<Buffer[]> {
  const { format, storages } = await openCheckpoint(bytes);
  if (format === 'PyTorch legacy') {
    return storages.map(({ segments }) => Buffer.concat(segments.map(({ start, end }) => bytes.subarray(start, end))));
  }
  const source = memorySource(bytes);
  const view = new DataView(bytes.buffer);
  const found: Buffer[] = [];
  for (const entry of await readZip(source, {})) {
    const content = await readContent(source, entry, {});
    for (const field of entry.crcFields) expect(view.getUint32(field, true)).toBe(crc32(content));
    if (/\/data\/\d+$/.test(entry.name)) found.push(Buffer.from(content));
  }
  return found;
}

describe.each([...expected])('%s', (name, { pruned, changed }) => {
  it('has the weights in by default that PyTorch can prune each for itself', async () => {
    const { opened } = await openBytes(goldenBytes(name), name);
    expect(opened.layers.filter(({ byDefault }) => byDefault).map((layer) => layer.name)).toEqual(pruned);
  });

  it('comes out as PyTorch leaves it, with every changed tensor counted', async () => {
    const original = goldenBytes(name);
    const { bytes, counts } = await patched(original, await openBytes(original, name), recipeOf({}));
    const theirs = await storagesOf(new Uint8Array(readFileSync(join(folder, name))));
    const ours = await storagesOf(bytes as Uint8Array<ArrayBuffer>);
    expect(ours.length).toBeGreaterThan(0);
    expect(ours).toEqual(theirs);
    expect(counts).toMatchObject({ changed: changed.length, changedWithOthers: changed.length - pruned.length });
  });
});

describe('rows of tensors that share elements say what happens to them', () => {
  it.each<[string, string, string]>([
    ['shared-tied.pt', 'decoder.weight', 'tied: the same weights as encoder.weight'],
    ['shared-transposed-tie.pt', 'decoder.weight', 'tied: the same weights as encoder.weight'],
    ['shared-slices.pt', 'q.weight', 'a view into in_proj.weight: pruned with it'],
    ['shared-overlapping-rows.pt', 'second_fc.weight', 'shares elements with first_fc.weight: changes with it'],
    ['shared-flat-parameter.pt', '_flat_param', 'a flat buffer: its 3 views are the weights'],
    ['shared-recurrent.pt', '_flat', 'a flat buffer: its 4 views are the weights'],
  ])('%s: %s', async (name, tensor, reason) => {
    const { opened } = await openBytes(goldenBytes(name), name);
    const layer = opened.layers.find((each) => each.name === tensor)!;
    expect(layer).toMatchObject({ prunable: false, reason });
    for (const owner of layer.sharesWith!) {
      const { alsoNamed, sharedBy = [] } = opened.layers[owner]!;
      expect([...alsoNamed, ...sharedBy]).toContain(layer.id);
    }
  });
});
