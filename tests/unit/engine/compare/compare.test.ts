/** Two checkpoints held against each other, with the figures that numpy has for them (tests/golden/compare.py). */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/engine/compare/compare';
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
  const { tensors } = await compare(one.session, other.session, context);
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
    });
    expect(byName.get('conv2.weight')).toMatchObject({ dtype: 'F32', otherDtype: 'F16' });
  });
});

it('a pruned file beside its original proves what was pruned, and that nothing else changed', async () => {
  const original = await open(resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.pth'));
  const { outcomes } = await resolveExactly(original.session, recipeOf({}));
  const pruned = await openFile(new File([await prunedFile(original, outcomes)], 'pruned.pth'), kernels);
  const { tensors } = await compare(original.session, pruned.session, context);
  for (const { state, difference, name } of tensors) {
    if (state === 'equal') continue;
    expect(state, name).toBe('changed');
    expect(difference!.changed, name).toBe(difference!.zerosAfter - difference!.zerosBefore);
  }
  expect(tensors.filter(({ state }) => state === 'changed')).toHaveLength(4);
});
