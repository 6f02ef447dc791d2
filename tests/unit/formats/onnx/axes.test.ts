/** Axes of weights as ONNX Runtime shows them to count (tests/golden/onnx_axes.py), and what no run can show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Axes } from '../../../../src/tensors/axes';
import type { TensorInfo } from '../../../../src/tensors/tensor';
import { openBytes } from './goldens';
import { constantInts, float, modelOf, node } from './models';

const folder = resolve(import.meta.dirname, '../../../golden/files/onnx-axes');
const models = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
const answers = new Map<string, Axes | null>(
  Object.entries(JSON.parse(readFileSync(join(folder, 'axes.json'), 'utf8'))),
);

async function weightOf(bytes: Uint8Array<ArrayBuffer>, name = 'w'): Promise<TensorInfo> {
  const { tensors } = await openBytes(bytes);
  return tensors.find((tensor) => tensor.name === name)!;
}

function goldenWeight(name: string): Promise<TensorInfo> {
  return weightOf(new Uint8Array(readFileSync(join(folder, `${name}.onnx`))));
}

function sorted(axes: Axes | undefined): unknown {
  if (!axes) return null;
  return Object.fromEntries(Object.entries(axes).map(([role, list]) => [role, [...list].sort()]));
}

describe('axes', () => {
  it('are known of some thirty models', () => {
    expect(answers.size).toBeGreaterThan(25);
  });

  it.each([...answers])('of %s are those that ONNX Runtime reads', async (name, axes) => {
    const weight = await goldenWeight(name);
    expect(sorted(weight.axes)).toEqual(axes);
    expect(['conv', 'linear']).toContain(weight.kind);
    expect(weight.because).toMatch(/^used by /);
  });

  it.each(models.filter((name) => !answers.has(name.slice(0, -5))))('of %s are said below', (name) => {
    expect(['conv-groups.onnx', 'one-of-a-stack.onnx']).toContain(name);
  });

  it('of a grouped convolution are those of one group', async () => {
    expect((await goldenWeight('conv-groups')).axes).toEqual({ outputs: [0], inputs: [1] });
  });

  it('that a constant index takes away count layers side by side', async () => {
    const axes = { outputs: [2], inputs: [1], copies: [0] };
    expect(await goldenWeight('one-of-a-stack')).toMatchObject({ kind: 'linear', axes, because: 'used by MatMul' });
  });

  it('that were merged are in the order in which the operator counts them', async () => {
    expect((await goldenWeight('heads-merged-turned')).axes?.inputs).toEqual([2, 0]);
  });

  it('are a table’s rows and columns, wherever the rows lie', async () => {
    const axesWith = async (axis: number) =>
      weightOf(modelOf([node('Gather', ['w', 'ids'], ['y'], { axis })], { w: float(4, 3) }));
    const because = 'used by Gather as a table';
    expect(await axesWith(0)).toMatchObject({ kind: 'embedding', axes: { outputs: [0], inputs: [1] }, because });
    expect(await axesWith(1)).toMatchObject({ kind: 'embedding', axes: { outputs: [1], inputs: [0] }, because });
  });

  it('are known of both layouts of experts, by their biases or their router, and of none that fit both', async () => {
    const inputs = (fc1Bias: string, fc2Bias: string) => ['x', 'gates', 'w', fc1Bias, 'fc2', fc2Bias];
    const moe = (given: readonly string[]) => node('MoE', given, ['y'], {}, 'com.microsoft');
    const older = { w: float(4, 16, 32), fc2: float(4, 32, 16) };
    const biases = { b1: float(4, 32), b2: float(4, 16) };
    const newer = { b1: float(4, 16), b2: float(4, 32) };
    const router = node('MatMul', ['x', 'router'], ['gates']);
    const axesOf = async (bytes: Uint8Array<ArrayBuffer>) => (await weightOf(bytes)).axes;
    const [inOut, outIn] = [
      { outputs: [2], inputs: [1], copies: [0] },
      { outputs: [1], inputs: [2], copies: [0] },
    ];
    expect(await axesOf(modelOf([moe(inputs('b1', 'b2'))], { ...older, ...biases }))).toEqual(inOut);
    expect(await axesOf(modelOf([moe(inputs('b1', 'b2'))], { ...older, ...newer }))).toEqual(outIn);
    expect(await axesOf(modelOf([router, moe(inputs('', ''))], { ...older, router: float(16, 4) }))).toEqual(inOut);
    expect(await axesOf(modelOf([router, moe(inputs('', ''))], { ...older, router: float(32, 4) }))).toEqual(outIn);
    expect(await axesOf(modelOf([moe(inputs('', ''))], older))).toBeUndefined();
    // Of gated experts, fc1 has two halves.
    expect(await axesOf(modelOf([moe(inputs('', ''))], { w: float(4, 64, 16), fc2: float(4, 16, 32) }))).toEqual(outIn);
  });

  it('are not known of a stored axis whose merging is not', async () => {
    const nodes = [node('Reshape', ['w', 'shape'], ['t']), node('MatMul', ['x', 't'], ['y'])];
    expect(await weightOf(modelOf(nodes, { w: float(6, 4) }))).not.toHaveProperty('axes');
    const known = modelOf(nodes, { w: float(2, 3, 4), shape: constantInts(6, 4) });
    expect((await weightOf(known)).axes).toEqual({ outputs: [2], inputs: [0, 1] });
  });
});

describe('kinds', () => {
  const kindOf = async (nodes: Parameters<typeof modelOf>[0], tensors: Parameters<typeof modelOf>[1], name = 'w') => {
    const { kind, because } = await weightOf(modelOf(nodes, tensors), name);
    return { kind, because };
  };

  it('are unknown where no operator says anything, and the tensor has two dimensions', async () => {
    const foreign = node('Conv', ['x', 'w'], ['y'], {}, 'somebody.else');
    expect(await kindOf([foreign], { w: float(4, 4) })).toEqual({
      kind: 'unknown',
      because: 'no operator is known to use it as a weight',
    });
    expect(await kindOf([foreign], { w: float(4) })).toEqual({ kind: 'parameter', because: undefined });
    expect(await kindOf([], { w: float(4, 4) })).toEqual({
      kind: 'unknown',
      because: 'no operator is known to use it as a weight',
    });
  });

  it('are parameters where known operators use them as no weight', async () => {
    expect(await kindOf([node('Sub', ['x', 'w'], ['y'])], { w: float(4, 4) })).toEqual({
      kind: 'parameter',
      because: 'used by Sub',
    });
    // A class token in front of patches is no left matrix.
    const token = [node('Concat', ['w', 'x'], ['c'], { axis: 1 }), node('MatMul', ['c', 'm'], ['y'])];
    expect(await kindOf(token, { w: float(1, 1, 4), m: float(4, 4) })).toMatchObject({ kind: 'parameter' });
  });

  it('are no linear’s where vectors are multiplied without a sum', async () => {
    // The frequencies of rotary positions.
    expect(await kindOf([node('MatMul', ['w', 'x'], ['y'])], { w: float(1, 8, 1) })).toMatchObject({
      kind: 'parameter',
    });
    const outer = node('Einsum', ['x', 'w'], ['y'], { equation: 'i,j->ij' });
    expect(await kindOf([outer], { w: float(8) })).toMatchObject({ kind: 'parameter' });
    // One input is a linear layer all the same.
    expect(await kindOf([node('MatMul', ['x', 'w'], ['y'])], { w: float(1, 8) })).toMatchObject({ kind: 'linear' });
  });

  it('are an embedding’s for a table that is multiplied with, too', async () => {
    const nodes = [
      node('Transpose', ['w'], ['t']),
      node('MatMul', ['x', 't'], ['logits']),
      node('Gather', ['w', 'ids'], ['y']),
    ];
    expect(await kindOf(nodes, { w: float(8, 4) })).toEqual({
      kind: 'embedding',
      because: 'used by Gather as a table, and by MatMul',
    });
  });

  it('go by the first operator that makes a layer of it', async () => {
    const nodes = [node('Add', ['x', 'w'], ['a']), node('Gemm', ['a', 'w'], ['y'], { transB: 1 })];
    expect(await kindOf(nodes, { w: float(4, 4) })).toEqual({ kind: 'linear', because: 'used by Gemm' });
  });

  it('are a router’s where the result sends tokens to experts', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], ['logits']),
      node('Softmax', ['logits'], ['gates']),
      node('MoE', ['x', 'gates', 'fc1', '', 'fc2'], ['y'], {}, 'com.microsoft'),
    ];
    expect(await kindOf(nodes, { w: float(16, 4), fc1: float(4, 16, 32), fc2: float(4, 32, 16) })).toEqual({
      kind: 'router',
      because: 'its result sends tokens to experts',
    });
  });

  it('follow the weight and not its mask', async () => {
    const nodes = [node('Mul', ['w_mask', 'w'], ['m']), node('Gemm', ['x', 'm'], ['y'])];
    const tensors = { w_mask: float(4, 4), w: float(4, 4) };
    expect(await kindOf(nodes, tensors)).toEqual({ kind: 'linear', because: 'used by Gemm' });
    expect((await kindOf(nodes, tensors, 'w_mask')).kind).toBe('unknown');
  });

  it('by name say so, and how the tensor is used', async () => {
    const added = [node('Add', ['x', 'pos_embed'], ['y'])];
    expect(await kindOf(added, { pos_embed: float(1, 7, 4) }, 'pos_embed')).toEqual({
      kind: 'embedding',
      because: 'named pos_embed; used by Add',
    });
  });

  it('say what a bias is added to, and an equation in full', async () => {
    const nodes = [
      node('Einsum', ['x', 'w'], ['p'], { equation: 'b h d, h d o -> b o' }),
      node('Add', ['p', 'b'], ['y']),
    ];
    const tensors = { w: float(2, 3, 4), b: float(4) };
    expect((await kindOf(nodes, tensors)).because).toBe('used by Einsum bhd,hdo->bo');
    expect((await kindOf(nodes, tensors, 'b')).because).toBe('added to the result of Einsum');
  });
});

describe('whatever operators a graph strings together', () => {
  const name = fc.constantFrom('w', 'b', 'mask', 's', 'x', 'a', 'c', '');
  const attributes = fc.dictionary(
    fc.constantFrom('axis', 'axes', 'perm', 'transA', 'transBatchB', 'equation', 'num_scan_inputs', 'shape'),
    fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.array(fc.integer({ min: -3, max: 5 })),
      fc.constantFrom('ab,bc->ac', '...i'),
    ),
    { maxKeys: 3 },
  );
  const operators = [
    ...[
      'Conv',
      'ConvTranspose',
      'Gemm',
      'MatMul',
      'Einsum',
      'Gather',
      'LSTM',
      'Transpose',
      'Reshape',
      'Flatten',
      'Squeeze',
    ],
    ...[
      'Unsqueeze',
      'Expand',
      'Concat',
      'Slice',
      'Split',
      'Mul',
      'Add',
      'Identity',
      'Scan',
      'MoE',
      'FusedMatMul',
      'NhwcConv',
    ],
  ];
  const anyNode = fc
    .record({
      opType: fc.constantFrom(...operators),
      inputs: fc.array(name, { minLength: 1, maxLength: 5 }),
      outputs: fc.array(fc.constantFrom('a', 'c', 'y'), { minLength: 1, maxLength: 2 }),
      attributes,
      domain: fc.constantFrom('', 'com.microsoft'),
    })
    .map((each) => node(each.opType, each.inputs, each.outputs, each.attributes, each.domain));

  it('opens, and counts every axis of a tensor once at most', async () => {
    const shape = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyNode, { maxLength: 8 }),
        shape,
        shape,
        fc.array(fc.integer({ min: -2, max: 7 }), { minLength: 1, maxLength: 5 }),
        async (nodes, w, b, ints) => {
          const bytes = modelOf(nodes, { w: float(...w), b: float(...b), mask: float(...w), s: constantInts(...ints) });
          for (const { shape: own, axes } of (await openBytes(bytes)).tensors) {
            const meant = axes ? [...axes.outputs, ...axes.inputs, ...(axes.copies ?? [])] : [];
            expect(new Set(meant).size).toBe(meant.length);
            for (const axis of meant) expect(axis).toBeLessThan(own.length);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
