/** Weights that are codes with scales and zero points, as ONNX Runtime's quantisers write them (tests/golden/quantised_onnx.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveExactly } from '../../../../src/engine/recipe/resolveExactly';
import { onnx } from '../../../../src/formats/onnx';
import { joinedSource, partsOf } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';
import type { Recipe } from '../../../../src/pruning/recipe';
import { context, openFile, prunedFile } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { oneFile } from '../../../support/oneFile';
import { float, modelOf, node } from './models';
import { concat, number, record, text, varint } from './protobuf';

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

describe('codes stay as they are, with the reason, where', () => {
  const layer = node('MatMul', ['x', 'f'], ['y']);
  const dequantise = (zero: string, attributes = {}) => node('DequantizeLinear', ['w', 's', zero], ['f'], attributes);
  const int8 = (shape: readonly number[], ...codes: readonly number[]) =>
    concat(...shape.map((size) => number(1, size)), number(2, 3), record(9, Uint8Array.from(codes)));
  const w = int8([2, 3], 1, 2, 3, 4, 5, 6);
  const reasonOf = async (nodes: readonly Uint8Array[], initializers: Readonly<Record<string, Uint8Array>>) => {
    const bytes = modelOf([...nodes, layer], { w, s: float(), ...initializers });
    const { tensors } = await onnx.open(...oneFile(memorySource(bytes), 'm.onnx'));
    return tensors.find(({ name }) => name === 'w')?.readOnly;
  };

  it.each<[string, readonly Uint8Array[], Readonly<Record<string, Uint8Array>>, string]>([
    [
      'the zero point is computed',
      [node('Cast', ['x'], ['z'], { to: 3 }), dequantise('z')],
      {},
      'quantised, with a zero point that Cast computes when the model runs',
    ],
    ['the zero point is fed', [dequantise('z')], {}, 'quantised, with a zero point that is no constant of the file'],
    [
      'scales fit no axis',
      [dequantise('z')],
      { s: float(2), z: int8([], 0) },
      'quantised, with scales that do not fit its shape',
    ],
    [
      'they are plain integers, too',
      [dequantise('z'), node('Cast', ['w'], ['other'], { to: 1 })],
      { z: int8([], 0) },
      'quantised, but also read as plain integers',
    ],
    [
      'another operator has another zero point',
      [dequantise('z'), node('DequantizeLinear', ['w', 's', 'z2'], ['g'])],
      { z: int8([], 0), z2: int8([], 1) },
      'quantised, and read by several operators with different scales',
    ],
    [
      'scales of channels come behind a transposition',
      [node('Transpose', ['w'], ['t']), node('DequantizeLinear', ['t', 's'], ['f'])],
      { s: float(2) },
      'quantised, and rearranged before its scales are applied',
    ],
    [
      'they are varints',
      [dequantise('z')],
      { w: concat(number(1, 2), number(1, 1), number(2, 3), record(5, varint(1), varint(2))), z: int8([], 0) },
      'quantised, in numbers of varying length (int32_data)',
    ],
  ])('%s', async (_, nodes, initializers, reason) => {
    expect(await reasonOf(nodes, initializers)).toBe(reason);
  });

  it('and are open where the zero point has another name, or is left out', async () => {
    const renamed = [node('Identity', ['z'], ['same']), dequantise('same')];
    expect(await reasonOf(renamed, { z: int8([], 5) })).toBeUndefined();
    expect(await reasonOf([dequantise('')], {})).toBeUndefined();
  });

  it('and are one tensor where two names have the same bytes and scales, none where the scales differ', async () => {
    const outside = (dims: readonly number[]) => {
      const place = record(13, text(1, 'location'), text(2, 'w.bin'));
      return concat(...dims.map((size) => number(1, size)), number(2, 3), place, number(14, 1));
    };
    const opened = (scale: string) => {
      const nodes = [
        dequantise(''),
        layer,
        node('DequantizeLinear', ['v', scale], ['g']),
        node('MatMul', ['x', 'g'], ['z']),
      ];
      const one = concat(number(2, 1), record(9, new Uint8Array(Float32Array.of(1).buffer)));
      const model = modelOf(nodes, { w: outside([2, 3]), v: outside([2, 3]), s: float(), one });
      const files = [model, new Uint8Array(6)] as const;
      const parts = partsOf(files.map(({ length }, i) => ({ name: i === 0 ? 'm.onnx' : 'w.bin', size: length })));
      return onnx.open(joinedSource(files.map(memorySource)), parts);
    };
    const same = await opened('s');
    expect(same.tensors.slice(0, 2).map(({ storage, readOnly }) => [storage, readOnly])).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
    const reason = 'quantised, and shares its bytes with a tensor that is read in another way';
    expect((await opened('one')).tensors.slice(0, 2).map(({ readOnly }) => readOnly)).toEqual([reason, reason]);
  });
});
