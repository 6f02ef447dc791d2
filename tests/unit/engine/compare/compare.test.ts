/** Two checkpoints held against each other, with the figures that numpy has for them (tests/golden/compare.py). */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/engine/compare/compare';
import { sideOfSession } from '../../../../src/engine/compare/side';
import { sentencesOn } from '../../../../src/reports/comparison/sentence';
import { swapped } from '../../../../src/tensors/comparison/comparison';
import { verdictOn } from '../../../../src/tensors/comparison/verdict';
import { context, openFile, prunedFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { recipeOf, resolveExactly } from '../patched';

const golden = resolve(import.meta.dirname, '../../../golden/files/compare');
const kernels = loadWasmKernels();
const expected: Record<string, Record<string, number>> = JSON.parse(
  readFileSync(join(golden, 'expected.json'), 'utf8'),
);

const open = (path: string) => openFile(new File([readFileSync(path)], path), kernels);

describe.each(['before.safetensors', 'before.pth'])('%s against its changed copy', async (before) => {
  const [one, other] = await Promise.all([open(join(golden, before)), open(join(golden, 'after.safetensors'))]);
  const comparison = await compare(sideOfSession(one.session), sideOfSession(other.session), context);
  const { tensors } = comparison;
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));

  it.each(Object.entries(expected))('%s has the figures of numpy', (name, figures) => {
    const { difference } = byName.get(name)!;
    for (const [key, value] of Object.entries(figures)) {
      expect(difference![key as keyof typeof difference], key).toBeCloseTo(value, 12);
    }
  });

  it('finds what was renamed, turned, wrapped and put in another order', () => {
    const found = [...byName.values()].map(({ name, otherName, by }) => [name, otherName, by]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['block.0.weight', 'layers.b', 'content'],
        ['block.1.weight', 'layers.c', 'content'],
        ['block.2.weight', 'layers.a', 'content'],
        ['fc.weight', 'dense', 'shape'],
        ['head.weight', 'module.head.weight', 'end of the name'],
        ['kernel.weight', 'conv/kernel', 'shape'],
        ['turned.0.weight', 'dense_b/kernel', 'content'],
        ['turned.1.weight', 'dense_a/kernel', 'content'],
        ['norm.0.weight', 'gamma_b', 'content'],
        ['norm.1.weight', 'gamma_a', 'content'],
      ]),
    );
  });

  it('says what is equal, changed and missing, of numbers that are no floats too', () => {
    const states = Object.fromEntries([...byName.values()].map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      'conv1.weight': 'changed',
      'conv2.weight': 'changed',
      'block.0.weight': 'equal',
      'block.1.weight': 'changed',
      'block.2.weight': 'changed',
      'fc.weight': 'equal',
      'head.weight': 'changed',
      'same.weight': 'equal',
      'strange.weight': 'changed',
      'gone.weight': 'only before',
      'new.weight': 'only after',
      counter: 'changed',
      'kernel.weight': 'equal',
      'turned.0.weight': 'changed',
      'turned.1.weight': 'equal',
      'norm.0.weight': 'equal',
      'norm.1.weight': 'changed',
      'narrow.weight': 'changed',
    });
    expect(byName.get('conv2.weight')).toMatchObject({ dtype: 'F32', otherDtype: 'F16' });
  });
});

it('a pruned file beside its original proves what was pruned, and that nothing else changed', async () => {
  const original = await open(resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.pth'));
  const { outcomes } = await resolveExactly(original.session, recipeOf({}));
  const pruned = await openFile(new File([await prunedFile(original, outcomes)], 'pruned.pth'), kernels);
  const comparison = await compare(sideOfSession(original.session), sideOfSession(pruned.session), context);
  const { tensors } = comparison;
  for (const { state, difference, name } of tensors) {
    if (state === 'equal') continue;
    expect(state, name).toBe('changed');
    expect(difference!.changed, name).toBe(difference!.zerosAfter - difference!.zerosBefore);
  }
  expect(tensors.filter(({ state }) => state === 'changed')).toHaveLength(4);
  const forth = sentencesOn(comparison);
  expect(forth.claim).toMatch(
    /^pruned.pth is .*digits-cnn.pth pruned: [\d,]+ weights in 4 tensors became zero, and nothing else changed/,
  );
  expect(forth.isProof).toBe(true);
  // From the other side it is the same proof.
  expect(sentencesOn(swapped(comparison))).toEqual(forth);
});

it('what is looked at from the other side is what comparing the other way round finds', async () => {
  const sides = await Promise.all(
    ['before.safetensors', 'after.safetensors'].map(async (name) =>
      sideOfSession((await open(join(golden, name))).session),
    ),
  );
  const [there, back] = [await compare(sides[0]!, sides[1]!, context), await compare(sides[1]!, sides[0]!, context)];
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value);
  const byName = (comparison: typeof there) =>
    new Map(
      comparison.tensors.map(({ by: _, ...tensor }) => [tensor.name, JSON.parse(JSON.stringify(tensor, rounded))]),
    );
  expect(byName(swapped(there))).toEqual(byName(back));
  const verdict = verdictOn(there);
  expect(verdict.isComplete).toBe(false);
  expect(verdict.turned).toBe(4);
  expect(verdict.rounded.tensors).toBe(2);
  expect(sentencesOn(there).isProof).toBe(false);
});
