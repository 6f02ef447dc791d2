/**
 * Models made smaller, beside the same with zeros in the place of what went: those that PyTorch exported (tests/golden/slim.py), the
 * sample, and real ones.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { costsOf, whole } from '../../../../src/graph/slim/costs';
import { permutableSets, permutationPlan } from '../../../../src/graph/slim/permutation';
import { defaultRounding, keptWithout, noRounding } from '../../../../src/graph/slim/plan';
import { slimModel } from '../../../../src/graph/slim/slice';
import { realModels } from '../../../support/realFiles';
import {
  type Analysed,
  analyse,
  analyseFile,
  bytesOf,
  difference,
  randomFeeds,
  seeded,
  slimmed,
  someUnits,
} from '../../../support/slim';

const goldens = resolve(import.meta.dirname, '../../../golden/files/slim');
const sample = resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.onnx');
const external = join(realModels, 'external-data/simple_cnn.onnx');
const real = ['ultraface-rfb-320-no-postprocessing.onnx', 'ultraface-rfb-320.onnx', 'mnist-cnn.onnx'].map((name) =>
  join(realModels, name),
);

/** Of the largest output. */
const tolerance = 1e-5;

async function expectEqualOutputs(analysed: Analysed, shares: readonly number[]): Promise<void> {
  const original = await bytesOfModel(analysed);
  for (const [seed, share] of shares.entries()) {
    const rounding = seed % 2 === 0 ? noRounding : defaultRounding;
    const { gone, smaller, zeroed } = await slimmed(analysed, someUnits(analysed.units, share, seed), rounding);
    const feeds = randomFeeds(analysed, seed, 4);
    expect(await difference(zeroed, smaller, feeds)).toBeLessThan(tolerance);
    if (gone.length === 0) continue;
    // What went mattered: both are not the original.
    expect(await difference(original, zeroed, feeds)).toBeGreaterThan(100 * tolerance);
    expect(smaller.length).toBeLessThan(zeroed.length);
  }
}

function bytesOfModel({ open }: Analysed): Promise<Uint8Array<ArrayBuffer>> {
  return open.source.read(0, open.checkpoint.parts[0]!.end) as Promise<Uint8Array<ArrayBuffer>>;
}

describe('a smaller model computes what the original does with zeros in the place of what went', () => {
  it.each(readdirSync(goldens).filter((name) => name.endsWith('.onnx')))('%s', async (name) => {
    await expectEqualOutputs(await analyseFile(join(goldens, name)), [0.5, 0.4]);
  });

  it('the sample', async () => {
    await expectEqualOutputs(await analyseFile(sample), [0.5, 0.3]);
  });

  it.skipIf(!real.every(existsSync))('real models', async () => {
    for (const path of real) await expectEqualOutputs(await analyseFile(path), [0.5]);
  });

  it.skipIf(!existsSync(external))('one with its weights in another file, which come into it', async () => {
    const files = [external, `${external}.data`].map((path) => ({
      name: basename(path),
      bytes: new Uint8Array(readFileSync(path)),
    }));
    const analysed = await analyse(files);
    const { gone, smaller, zeroed } = await slimmed(analysed, someUnits(analysed.units, 0.5, 1), noRounding);
    expect(gone).not.toEqual([]);
    expect(await difference(zeroed, smaller, randomFeeds(analysed, 1))).toBeLessThan(tolerance);
  });

  it('where padding is computed of a number of channels that changes, and itself should not', async () => {
    const analysed = await analyseFile(join(goldens, 'padded.onnx'));
    const first = analysed.units.units.filter(({ removes }) =>
      removes.some(({ weight }) => weight.name === 'first.weight'),
    );
    const { smaller, zeroed } = await slimmed(analysed, first.slice(0, 6), noRounding);
    expect(await difference(zeroed, smaller, randomFeeds(analysed, 1))).toBeLessThan(tolerance);
  });

  it('where the exporter optimised nothing, and asks weights for their shapes: as much goes as where it did', async () => {
    const bytes = async (name: string) => {
      const analysed = await analyseFile(join(goldens, `${name}.onnx`));
      const { smaller } = await slimmed(analysed, someUnits(analysed.units, 0.5, 1), noRounding);
      return smaller.length / (await bytesOfModel(analysed)).length;
    };
    expect(await bytes('mobile-plain')).toBeLessThan(0.95);
    const counts = await Promise.all(
      ['mobile-plain', 'mobile'].map(
        async (name) => (await analyseFile(join(goldens, `${name}.onnx`))).units.units.length,
      ),
    );
    expect(counts[0]).toBe(counts[1]);
  });

  it('for another number of inputs than it was analysed with, too', async () => {
    for (const name of ['shuffle', 'transformer', 'mobile']) {
      const analysed = await analyseFile(join(goldens, `${name}.onnx`));
      const { smaller, zeroed } = await slimmed(analysed, someUnits(analysed.units, 0.5, 1), noRounding);
      const others = new Map([...analysed.inputs].map(([input, [, ...shape]]) => [input, [5, ...shape]]));
      expect(await difference(zeroed, smaller, randomFeeds({ ...analysed, inputs: others }, 1, 4))).toBeLessThan(
        tolerance,
      );
    }
  });
});

/** All channels that may change places, in a random order. @returns how many sets there are */
async function expectSameInAnyOrder(analysed: Analysed): Promise<number> {
  const { open, walk, units } = analysed;
  const sets = permutableSets(walk, units.units, 2);
  const random = seeded(7);
  const orders = new Map(
    sets.map(({ group, units: own }) => {
      const drawn = own.map((_, place) => ({ place, draw: random() })).sort((a, b) => a.draw - b.draw);
      return [group, Int32Array.from(drawn, ({ place }) => place)];
    }),
  );
  const plan = permutationPlan(walk, sets, orders);
  const permuted = await bytesOf(await slimModel(open, plan));
  expect(permuted.length).toBeGreaterThan(0);
  const original = await bytesOfModel(analysed);
  expect(await difference(original, permuted, randomFeeds(analysed, 1, 4))).toBeLessThan(tolerance);
  return plan.tensors.length === 0 ? 0 : sets.length;
}

describe('a model with its channels in another order computes the same', () => {
  it.each(readdirSync(goldens).filter((name) => name.endsWith('.onnx')))('%s', async (name) => {
    const sets = await expectSameInAnyOrder(await analyseFile(join(goldens, name)));
    expect(sets).toBeGreaterThan(0);
  });

  it.skipIf(!real.every(existsSync))('real models', async () => {
    for (const path of real) expect(await expectSameInAnyOrder(await analyseFile(path))).toBeGreaterThan(0);
  });
});

describe('what goes costs', () => {
  it('multiplications and parameters, as many as by hand', async () => {
    const analysed = await analyseFile(sample);
    const isParameter = (name: string) => analysed.contents.dtypes.get(name) === 'F32';
    const { macs, parameters, nodes } = costsOf(analysed.walk, whole, isParameter);
    const batch = 2;
    // conv1, conv2 at 8×8; fc1 over 64 channels of 4×4; fc2.
    const layers = [64 * 9 * 32, 64 * 9 * 32 * 64, 1024 * 96, 96 * 10];
    expect(macs).toBe(batch * layers.reduce((sum, each) => sum + each, 0));
    expect(nodes.map((node) => node.macs / batch).filter(Boolean)).toEqual(layers);
    expect(parameters).toBe(9 * 32 + 32 + 9 * 32 * 64 + 64 + 4 * (32 + 64) + 1024 * 96 + 96 + 960 + 10);
  });

  it('half of all channels of inner layers a quarter of what lies between them', async () => {
    const analysed = await analyseFile(sample);
    const half = analysed.units.units.filter(({ slot }) => slot % 2 === 0);
    const { gone } = await slimmed(analysed, half, noRounding);
    const after = costsOf(analysed.walk, keptWithout(analysed.walk, gone), () => true);
    const before = costsOf(analysed.walk, whole, () => true);
    const conv2 = before.nodes.filter(({ macs }) => macs > 0)[1]!.node;
    expect(after.nodes[conv2]!.macs / before.nodes[conv2]!.macs).toBeCloseTo(0.25, 1);
  });
});
