/** Weights of several windows, whose memory is used again while strips of a pattern reach from one window into the next. */
import { expect, it } from 'vitest';
import { windowBytes } from '../../../src/engine/reading/stream';
import { WeightMemory } from '../../../src/engine/reading/weightMemory';
import { sessionOf } from '../../../src/engine/session';
import { type ByteSource, memorySource } from '../../../src/lib/source';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { loadWasmKernels } from '../../support/kernels';
import { reusingSource } from '../../support/reusingSource';
import { context, patched } from './patched';
import { checkpointOf } from './sessions';

/** Strips of 2:4 are 4 × 7 × 7 elements here, of which no window holds a whole number. */
const shape = [4, 12 * 1024, 7, 7];
const weights = new Float32Array(shape.reduce((product, size) => product * size));
for (let i = 0; i < weights.length; i++) weights[i] = Math.sin(i * 1.7) * (1 + (i % 13));
const { file, checkpoint } = checkpointOf([
  { name: 'conv.weight', dtype: 'F32', kind: 'conv', shape, bytes: new Uint8Array(weights.buffer) },
]);

const rule: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.7 } };
const pattern: Rule = { ...rule, granularity: { n: 2, m: 4 } };
const recipe = { format: 'secateur-recipe', version: 1 } as const;

it.each<[string, Recipe]>([
  ['an export', { ...recipe, rules: [pattern] }],
  ['a pass over what a pattern leaves', { ...recipe, steps: [[pattern], [rule]] }],
])(
  '%s sees every weight',
  async (_, pruning) => {
    expect(file.length).toBeGreaterThan(windowBytes);
    const prunedFrom = async (source: ByteSource, means = {}) => {
      const session = await sessionOf(source, checkpoint, loadWasmKernels(), context, means);
      const { bytes, counts } = await patched(file, session, pruning);
      return { bytes, counts };
    };
    const expected = await prunedFrom(memorySource(file));
    expect(Buffer.compare(expected.bytes, file)).not.toBe(0);
    // Weights that are kept are copied, into memory of earlier copies.
    for (const means of [{}, { memory: new WeightMemory(2 ** 30) }]) {
      const found = await prunedFrom(reusingSource(file), means);
      expect(Buffer.compare(found.bytes, expected.bytes)).toBe(0);
      expect(found.counts).toEqual(expected.counts);
    }
  },
  60_000,
);
