/** Weights that stand in the file as codes and scales: measured as what they stand for, pruned by the code that is zero. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipSize } from '../../../src/engine/exports/estimate';
import { resolveExactly } from '../../../src/engine/recipe/resolveExactly';
import { keepRepair } from '../../../src/engine/worker/repairing';
import type { Recipe } from '../../../src/pruning/recipe';
import type { AffineCodes } from '../../../src/tensors/quantised/affine';
import { type BlockType, blockTypes, codingOf } from '../../../src/tensors/quantised/blocks';
import { clear, decode, type QuantisedElements } from '../../../src/tensors/quantised/quantised';
import { context, openFile, prunedFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { goldenBytes } from '../formats/gguf/files';

const kernels = loadWasmKernels();
const half: Recipe = {
  format: 'secateur-recipe',
  version: 1,
  rules: [{ criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } }],
};

const open = (bytes: Uint8Array<ArrayBuffer>, name: string) => openFile(new File([bytes], name), kernels);

async function floatsOf({ session }: Awaited<ReturnType<typeof open>>): Promise<Map<string, Float32Array>> {
  const ids = session.units.filter(({ dtype }) => dtype === 'F32').map(({ tensor }) => tensor);
  const weights = await session.weights(new Map(), ids, context);
  return new Map([...weights].map(([id, bytes]) => [session.opened.layers[id]!.name, new Float32Array(bytes.buffer)]));
}

describe.each(['llama.gguf', 'types.gguf', 'big.gguf'])('%s', (name) => {
  it('is pruned in place: what goes is zero, what stays has its value, and no other byte changes', async () => {
    const original = goldenBytes(name);
    const source = await open(original, name);
    const { outcomes } = await resolveExactly(source.session, half, context);
    const pruned = new Uint8Array(await (await prunedFile(source, outcomes)).arrayBuffer());
    expect(pruned.length).toBe(original.length);
    const again = await open(pruned, name);
    const [before, after] = [await floatsOf(source), await floatsOf(again)];
    for (const layer of again.session.opened.layers) {
      const outcome = outcomes.get(layer.id);
      if (outcome)
        expect({ name: layer.name, zeros: layer.statistics?.zeros }).toEqual({
          name: layer.name,
          zeros: outcome.zeros,
        });
      const [old, now] = [before.get(layer.name), after.get(layer.name)];
      if (!old || !now) continue;
      const gone = old.filter((_, i) => now[i] === 0);
      const kept = old.filter((_, i) => now[i] !== 0);
      expect(now.filter((value) => value !== 0)).toEqual(kept);
      const threshold = Math.max(0, ...gone.map(Math.abs));
      if (outcome) expect(kept.every((value) => Math.abs(value) >= threshold)).toBe(true);
    }
    const changed = original.map((byte, i) => (byte === pruned[i] ? 0 : 1)).reduce((sum, each) => sum + each, 0);
    expect(changed).toBeGreaterThan(0);
    expect(await gzipSize(source, outcomes, context)).toBeLessThan(original.length);
  });
});

it('cannot be repaired: other values have no codes', async () => {
  const { session } = await open(goldenBytes('llama.gguf'), 'llama.gguf');
  const query = session.opened.layers.find(({ name }) => name === 'blk.0.attn_q.weight')!;
  const keep = () => keepRepair(session, 'r', new Map([[query.id, new Uint8Array(query.numel * 4)]]));
  expect(keep).toThrow('in a form in which other values do not fit');
});

/** Elements whose codes are `bytes`. */
function quantised(
  coding: QuantisedElements['coding'],
  bytes: number,
  byteOrder: 'little' | 'big' = 'little',
): QuantisedElements {
  return { coding, addresses: { start: 0, end: 0 }, segments: [{ start: 0, end: bytes }], byteOrder };
}

describe('any block', () => {
  const clearable = blockTypes.filter((type) => codingOf(type).clear);

  it('that can be zero somewhere is zero there, and the rest is as it was', () => {
    const block = fc.constantFrom<BlockType>(...clearable).chain((type) =>
      fc.record({
        type: fc.constant(type),
        codes: fc.uint8Array({ minLength: codingOf(type).bytes, maxLength: codingOf(type).bytes }),
        element: fc.nat(codingOf(type).elements - 1),
        byteOrder: fc.constantFrom('little' as const, 'big' as const),
      }),
    );
    fc.assert(
      fc.property(block, ({ type, codes, element, byteOrder }) => {
        const elements = quantised(type, codes.length, byteOrder);
        const before = decode(elements, codes, 0);
        fc.pre(before.every(Number.isFinite));
        clear(elements, codes, 0, element);
        const after = decode(elements, codes, 0);
        expect(after[element] === 0).toBe(true);
        before[element] = after[element]!;
        expect(after).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });
});

it('a byte with a scale and a zero point for each channel becomes the zero point of its own', () => {
  const coding: AffineCodes = {
    signed: false,
    scales: Float32Array.of(0.5, 2),
    zeroPoints: Int32Array.of(128, 3),
    inChannel: 2,
  };
  const codes = Uint8Array.of(130, 128, 3, 4, 0, 1);
  const elements = quantised(coding, codes.length);
  expect([...decode(elements, codes, 0)]).toEqual([1, 0, 0, 2, -64, -63.5]);
  // From the third element on the channels are the others.
  expect([...decode(elements, codes.subarray(2), 2)]).toEqual([0, 2, -64, -63.5]);
  clear(elements, codes, 0, 3);
  clear(elements, codes, 0, 4);
  expect([...codes]).toEqual([130, 128, 3, 3, 128, 1]);
});
