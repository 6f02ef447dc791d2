/** Weights that are codes with scales and zero points, as ONNX Runtime's quantisers write them (tests/golden/quantised_onnx.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveExactly } from '../../../../src/engine/recipe/resolveExactly';
import type { Recipe } from '../../../../src/pruning/recipe';
import { context, openFile, prunedFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';

const folder = resolve(import.meta.dirname, '../../../golden/files/quantised');

interface Expected {
  readonly threshold: number;
  readonly tensors: Readonly<Record<string, { shape: number[]; sha256: string; kept: string }>>;
}
const expected: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
const kernels = loadWasmKernels();

const open = (bytes: Uint8Array<ArrayBuffer>, name: string) => openFile(new File([bytes], name), kernels);
const golden = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

async function weightsOf({ session }: Awaited<ReturnType<typeof open>>): Promise<Map<string, Float32Array>> {
  const ids = session.opened.layers.filter(({ stored }) => stored).map(({ id }) => id);
  const weights = await session.weights(new Map(), ids, context);
  return new Map([...weights].map(([id, bytes]) => [session.opened.layers[id]!.name, new Float32Array(bytes.buffer)]));
}

describe.each(Object.keys(expected))('%s', (name) => {
  const { threshold, tensors } = expected[name]!;
  const recipe: Recipe = {
    format: 'secateur-recipe',
    version: 1,
    rules: [
      {
        tensors: Object.keys(tensors),
        criterion: 'magnitude',
        granularity: 'weight',
        scope: 'layer',
        amount: { threshold },
      },
    ],
  };

  it('has the numbers that DequantizeLinear makes of its codes', async () => {
    const source = await open(golden(name), name);
    const weights = await weightsOf(source);
    expect([...weights.keys()].sort()).toEqual(Object.keys(tensors).sort());
    for (const [key, floats] of weights) {
      const { shape, sha256 } = tensors[key]!;
      const layer = source.session.opened.layers.find((each) => each.name === key)!;
      expect({ shape: layer.shape, prunable: layer.prunable, readOnly: layer.reason }).toMatchObject({
        shape,
        prunable: true,
      });
      expect(createHash('sha256').update(new Uint8Array(floats.buffer)).digest('hex'), key).toBe(sha256);
    }
  });

  it('is pruned by zero points where torch.nn.utils.prune has zeros, and no other byte changes', async () => {
    const source = await open(golden(name), name);
    const { outcomes } = await resolveExactly(source.session, recipe, context);
    const pruned = new Uint8Array(await (await prunedFile(source, outcomes)).arrayBuffer());
    const [before, after] = [await weightsOf(source), await weightsOf(await open(pruned, name))];
    for (const [key, { kept }] of Object.entries(tensors)) {
      const was = before.get(key)!;
      const wanted = was.map((value, i) => (kept[i] === '1' ? value : 0));
      expect(
        after.get(key)!.map((value) => value + 0),
        key,
      ).toEqual(wanted.map((value) => value + 0));
    }
    const changed = golden(name).reduce((sum, byte, i) => sum + (byte === pruned[i] ? 0 : 1), 0);
    expect(changed).toBeGreaterThan(0);
    expect(pruned.length).toBe(golden(name).length);
  });
});
