/** The whole way over every golden file: open, measure, resolve, write. Held against the elements read one by one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/formats/format';
import { openCheckpoint } from '../../../src/formats/registry';
import { crc32 } from '../../../src/lib/crc32';
import { memorySource } from '../../../src/lib/source';
import { emptyRecipe, type Rule } from '../../../src/pruning/recipe';
import { bitsOf, byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import type { TensorInfo } from '../../../src/tensors/tensor';
import { oneFile } from '../../support/oneFile';
import { elementOffsets, halfOfVarint, valueAt, varintPlaces, zeroVarint } from './elements';
import { openBytes, patched, recipeOf } from './patched';

const folder = resolve(import.meta.dirname, '../../golden/files');
const goldens = ['pytorch', 'safetensors', 'onnx'].flatMap((format) =>
  readdirSync(join(folder, format))
    .filter((name) => /\.(pt|ckpt|safetensors|onnx)$/.test(name))
    .map((name) => `${format}/${name}`),
);

interface Weight {
  readonly offset: number;
  readonly value: number;
  /** The bytes of zero in its place. */
  readonly zero: Uint8Array;
}

describe.each(goldens)('%s', (name) => {
  const original = new Uint8Array(readFileSync(join(folder, name)));
  const weightsOf = (checkpoint: Checkpoint, tensor: TensorInfo, dtype: PrunableDtype): Weight[] => {
    const [segment] = checkpoint.storages[tensor.storage]!.segments;
    const varints = checkpoint.encoded?.find(({ addresses }) => addresses.start === segment?.start);
    if (varints && 'marks' in varints) {
      return varintPlaces(original, varints).map(({ offset, length }) => {
        const value = valueAt(halfOfVarint(original, { offset, length }), 0, dtype, true);
        return { offset, value, zero: zeroVarint(length) };
      });
    }
    const little = checkpoint.byteOrder === 'little';
    const zero = new Uint8Array(byteWidthOf(dtype));
    const read = (offset: number) => ({ offset, value: valueAt(original, offset, dtype, little), zero });
    return elementOffsets(tensor, checkpoint).map(read);
  };
  const open = async () => {
    const checkpoint = await openCheckpoint(...oneFile(memorySource(original), name));
    const session = await openBytes(original, name);
    // Codes and sparse values stand for other numbers than their bytes: quantised.test.ts, onnx/quantised.test.ts.
    const coded = new Set(
      (checkpoint.encoded ?? []).flatMap((each) => ('marks' in each ? [] : [each.addresses.start])),
    );
    const startOf = (id: number) => checkpoint.storages[checkpoint.tensors[id]!.storage]?.segments[0]?.start;
    const prunable = session.opened.layers.filter(
      ({ id, prunable, statistics }) => prunable && statistics && !coded.has(startOf(id) ?? -1),
    );
    const weights = new Map<number, Weight[]>();
    for (const { id, dtype } of prunable) {
      weights.set(id, weightsOf(checkpoint, checkpoint.tensors[id]!, dtype as PrunableDtype));
    }
    return { checkpoint, session, prunable, weights };
  };

  it('gives the original bytes for an empty recipe', async () => {
    const { session } = await open();
    if (session.opened.readOnly !== undefined) return;
    const { patches, counts } = await patched(original, session, emptyRecipe);
    expect(patches).toEqual([]);
    expect(counts).toEqual({ weights: 0, zeros: 0, changed: 0, changedWithOthers: 0 });
  });

  it('is measured as its elements are', async () => {
    const { prunable, weights } = await open();
    for (const { id, statistics, numel, name: tensor } of prunable) {
      const values = weights.get(id)!.map(({ value }) => value);
      const finite = values.filter(Number.isFinite);
      expect(statistics, tensor).toMatchObject({
        count: numel,
        zeros: values.filter((value) => value === 0).length,
        nan: values.filter(Number.isNaN).length,
        inf: values.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length,
      });
      expect(statistics!.min, tensor).toBe(finite.length === 0 ? Number.NaN : Math.min(...finite) + 0);
      expect(statistics!.max, tensor).toBe(finite.length === 0 ? Number.NaN : Math.max(...finite) + 0);
    }
  });

  it.each<[string, Partial<Rule>, (weights: readonly Weight[], dtype: string) => Weight[]]>([
    ['a threshold', { amount: { threshold: 1 } }, (weights) => weights.filter(({ value }) => Math.abs(value) <= 1)],
    [
      'a signed threshold',
      { criterion: 'signed', amount: { threshold: 0.5 } },
      (weights) => weights.filter(({ value }) => Number.isFinite(value) && value <= 0.5),
    ],
    [
      'half of every layer',
      { amount: { sparsity: 0.5 } },
      (weights) => lowest(weights, halfToEven(weights.length / 2)),
    ],
  ])('changes by %s what the rule means, the checksums over it, and nothing else', async (_, rule, chosenOf) => {
    const { checkpoint, session, prunable, weights } = await open();
    if (session.opened.readOnly !== undefined) return;
    const recipe = recipeOf({ ...rule, tensors: prunable.map((layer) => layer.name) });
    const { bytes, resolution, counts } = await patched(original, session, recipe);

    const expected = original.slice();
    let zeros = 0;
    for (const { id, dtype, name: tensor } of prunable) {
      const all = weights.get(id)!;
      const chosen = chosenOf(all, dtype);
      for (const { offset, zero } of chosen) expected.set(zero, offset);
      expect(resolution.outcomes.get(id)!.pruned, tensor).toBe(chosen.length);
      zeros += all.filter((weight) => weight.value === 0 || chosen.includes(weight)).length;
    }
    const view = new DataView(expected.buffer);
    for (const { range, stored, fields } of checkpoint.checksums) {
      if (stored === 0) continue;
      for (const field of fields) view.setUint32(field, crc32(expected.subarray(range.start, range.end)), true);
    }
    expect(Buffer.compare(bytes, expected)).toBe(0);
    expect(counts).toMatchObject({ weights: prunable.reduce((sum, { numel }) => sum + numel, 0), zeros });

    const differs = (offset: number, length: number) =>
      Buffer.compare(original.subarray(offset, offset + length), expected.subarray(offset, offset + length)) !== 0;
    const changed = checkpoint.tensors.filter((tensor, id) => {
      if (tensor.storage < 0 || tensor.readOnly !== undefined) return false;
      const own = weights.get(id);
      if (own) return own.some(({ offset, zero }) => differs(offset, zero.length));
      return elementOffsets(tensor, checkpoint).some((offset) => differs(offset, bitsOf(tensor.dtype) / 8));
    });
    expect(counts.changed).toBe(changed.length);
    const owners = new Set(prunable.map(({ name: owner }) => owner));
    expect(counts.changedWithOthers).toBe(changed.filter(({ name: tensor }) => !owners.has(tensor)).length);
  });
});

/** The `count` of lowest magnitude; of equal ones those that come first. */
function lowest(weights: readonly Weight[], count: number): Weight[] {
  return weights
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => Math.abs(a.value) - Math.abs(b.value))
    .slice(0, count);
}

/** As Python rounds. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

describe('shared weights', () => {
  const openGolden = async (name: string) => {
    const original = new Uint8Array(readFileSync(join(folder, 'pytorch', name)));
    return { original, session: await openBytes(original, name) };
  };

  it('that are tied are counted and pruned once, under any of their names', async () => {
    const { original, session } = await openGolden('module-tied.pt');
    const [owner, ...others] = session.opened.layers;
    expect(others.map(({ sameAs, prunable }) => [sameAs, prunable])).toEqual([
      [owner!.id, false],
      [owner!.id, false],
    ]);
    const byName = async (name: string) => (await patched(original, session, recipeOf({ tensors: [name] }))).bytes;
    const bytes = await byName('shared.weight');
    expect(bytes).toEqual(await byName('embed.weight'));
    const { opened } = await openBytes(bytes, 'again.pt');
    expect(opened.layers[0]!.statistics!.zeros).toBe(owner!.numel / 2);
  });

  it.each(['views.pt', 'views-legacy.pt'])('that are views are pruned with what they look into (%s)', async (name) => {
    const { original, session } = await openGolden(name);
    const layer = (wanted: string) => session.opened.layers.find((each) => each.name === wanted)!;
    // A vector and its elements in rows are tied; the rows count.
    const owner = layer('transposed');
    for (const other of ['base', 'tail', 'columns']) {
      expect(layer(other)).toMatchObject({ prunable: false, sameAs: owner.id, sharesWith: [owner.id] });
    }
    expect(owner).toMatchObject({ alsoNamed: [layer('base').id] });
    for (const overlapping of ['expanded', 'overlapping']) expect(layer(overlapping).prunable).toBe(false);
    const recipe = recipeOf({ tensors: ['base'], amount: { threshold: 5 } });
    const { counts } = await patched(original, session, recipe);
    // What overlaps itself there, too.
    expect(counts).toEqual({ weights: 12, zeros: 6, changed: 5, changedWithOthers: 4 });
  });
});

describe('what cannot be changed', () => {
  it('opens and is measured, and says why it cannot be exported', async () => {
    const original = new Uint8Array(readFileSync(join(folder, 'pytorch', 'rezipped-deflated.pt')));
    const session = await openBytes(original, 'model.pt');
    expect(session.opened.layers.length).toBeGreaterThan(0);
    await expect(patched(original, session, emptyRecipe)).rejects.toMatchObject({
      code: 'read-only-file',
      message: session.opened.readOnly,
    });
  });
});

describe('a file that changed after it was opened', () => {
  it.each<[string, Partial<Rule>]>([
    ['the weights that went', {}],
    // Zeros that came meanwhile are none of those that go.
    ['the zeros', { criterion: 'signed', amount: { count: 1 } }],
  ])('is noticed by the count of %s', async (_, rule) => {
    const original = new Uint8Array(readFileSync(join(folder, 'safetensors', 'plain.safetensors')));
    const session = await openBytes(original, 'model.safetensors');
    const { resolution } = await patched(original, session, recipeOf(rule));
    original.fill(0, original.length - 400);
    const generator = session.patches(resolution.outcomes, {
      signal: new AbortController().signal,
      progress: () => {},
    });
    const all = async () => {
      for await (const _ of generator);
    };
    // memorySource reads the very array that was opened.
    await expect(all()).rejects.toMatchObject({ code: 'internal', message: /was to have \d+ zeros/ });
  });
});
