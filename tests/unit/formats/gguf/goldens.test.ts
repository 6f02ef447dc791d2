/** GGUF files that the gguf package wrote: what it reads from them is what is shown. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../../src/engine/session';
import { chooseFiles } from '../../../../src/formats/chooseFiles';
import type { Checkpoint } from '../../../../src/formats/format';
import { openCheckpoint } from '../../../../src/formats/registry';
import { memorySource } from '../../../../src/lib/source';
import { context } from '../../../support/exporting';
import { loadWasmKernels } from '../../../support/kernels';
import { oneFile } from '../../../support/oneFile';
import { countRealModels, realModels } from '../../../support/realFiles';
import { expected, goldenBytes, openBytes } from './files';

const session = (name: string) =>
  openSession(...oneFile(memorySource(goldenBytes(name)), name), loadWasmKernels(), context);
const withKinds = ({ tensors }: Checkpoint) => new Map(tensors.map((tensor) => [tensor.name, tensor]));

describe.each(['types.gguf', 'llama.gguf', 'big.gguf'])('%s', (name) => {
  it('holds the tensors that the package finds, with the values that it decodes', async () => {
    const { opened, units, ...read } = await session(name);
    const wanted = new Map(expected[name]!.map((tensor) => [tensor.name, tensor]));
    expect(opened.format).toBe('GGUF');
    const known = opened.layers.filter((layer) => wanted.has(layer.name));
    expect(known.map(({ name: each, shape }) => ({ name: each, shape }))).toEqual(
      expected[name]!.map(({ name: each, shape }) => ({ name: each, shape })),
    );
    const { readWeights } = await import('../../../../src/engine/ofRecipes');
    const measured = units.map(({ tensor }) => tensor);
    const weights = await readWeights(read.measurable, units, new Map(), measured, context);
    for (const layer of known) {
      const { type, sha256 } = wanted.get(layer.name)!;
      const elements = weights.get(layer.id);
      if (!elements) {
        // Only what nobody can decode is not read.
        expect(type).toBe('IQ2_XXS');
        continue;
      }
      const values = ['F16', 'BF16'].includes(layer.dtype) ? asFloats(elements, layer.dtype) : elements;
      expect({ type, sha256: createHash('sha256').update(values).digest('hex') }).toEqual({ type, sha256 });
    }
  });
});

function asFloats(elements: Uint8Array<ArrayBuffer>, dtype: string): Uint8Array {
  const bits = new Uint16Array(elements.buffer, 0, elements.length / 2);
  if (dtype === 'BF16') return new Uint8Array(Uint32Array.from(bits, (each) => each << 16).buffer);
  const one = (each: number) => {
    const [exponent, fraction] = [(each >> 10) & 31, each & 1023];
    const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    return each & 0x8000 ? -size : size;
  };
  return new Uint8Array(Float32Array.from(bits, one).buffer);
}

it('is big-endian throughout where its version says so', async () => {
  const { opened, measurable } = await session('big.gguf');
  expect(measurable.checkpoint.byteOrder).toBe('big');
  const [query, half, quantised] = opened.layers;
  expect(half!.statistics!.max).toBeCloseTo(query!.statistics!.max, 2);
  expect(quantised!.statistics!.max).toBeCloseTo(query!.statistics!.max, 2);
  expect(quantised!.statistics!.std).toBeCloseTo(query!.statistics!.std, 2);
});

it('says of each type whether its weights can become zero, and why not', async () => {
  const { opened } = await session('types.gguf');
  const reasons = Object.fromEntries(opened.layers.map(({ name, reason }) => [name.split('.')[2], reason]));
  const noZero = (label: string) => `${label}: its blocks have no code that is exactly zero`;
  expect(reasons).toEqual({
    ...Object.fromEntries(
      ['f32', 'f16', 'f64', 'bf16', 'q4_0', 'q5_0', 'q8_0', 'mxfp4', 'q3_k', 'q6_k'].map((open) => [open]),
    ),
    ...Object.fromEntries(['q4_1', 'q5_1', 'q2_k', 'q4_k', 'q5_k', 'iq4_nl'].map((shut) => [shut, noZero(shut)])),
    iq2_xxs: 'iq2_xxs, which Secateur does not decode',
  });
  // What cannot be pruned is shown all the same.
  const shut = opened.layers.filter(({ prunable, statistics }) => !prunable && statistics !== undefined);
  expect(shut).toHaveLength(6);
});

it('knows kinds and axes by the names of the format', async () => {
  const tensors = withKinds(await openBytes({ name: 'llama.gguf', bytes: goldenBytes('llama.gguf') }));
  const linear = { kind: 'linear', axes: { outputs: [0], inputs: [1] } };
  expect(tensors.get('token_embd.weight')).toMatchObject({ kind: 'embedding' });
  for (const each of ['attn_q', 'attn_k', 'attn_output'])
    expect(tensors.get(`blk.0.${each}.weight`)).toMatchObject(linear);
  expect(tensors.get('output.weight')).toMatchObject(linear);
  expect(tensors.get('blk.0.attn_norm.weight')).toMatchObject({ kind: 'norm' });
  expect(tensors.get('output_norm.weight')).toMatchObject({ kind: 'norm' });
  expect(tensors.get('blk.0.attn_k.bias')).toMatchObject({ kind: 'bias' });
  expect(tensors.get('rope_freqs.weight')).toMatchObject({ kind: 'buffer' });
  expect(tensors.get('blk.0.ffn_gate_inp.weight')).toMatchObject({ kind: 'router' });
  expect(tensors.get('blk.0.ffn_up_exps.weight')).toMatchObject({
    kind: 'linear',
    axes: { outputs: [1], inputs: [2], copies: [0] },
  });
});

describe('a model in two parts', () => {
  const names = ['split-00001-of-00002.gguf', 'split-00002-of-00002.gguf'];
  const files = names.map((name) => ({ name, bytes: goldenBytes(name) }));

  it('opens as one, whichever part comes first', async () => {
    const given = files.map(({ name, bytes }) => ({ name, source: memorySource(bytes) }));
    const chosen = await chooseFiles([given[1]!, given[0]!]);
    expect(chosen).toEqual({ files: given, notes: [] });
    const { tensors, notes } = await openBytes(...files);
    expect(tensors.map(({ name }) => name)).toEqual([0, 1, 2, 3].map((layer) => `blk.${layer}.attn_q.weight`));
    expect(notes.map(({ severity }) => severity)).toEqual(['info']);
  });

  it('of which one is missing names it', async () => {
    const { tensors, notes } = await openBytes(files[1]!);
    expect(tensors).toHaveLength(2);
    expect(notes[0]!.text).toContain(
      '1 of the 2 parts of a model, and the others are not here: split-00001-of-00002.gguf.',
    );
  });
});

countRealModels(/\.gguf$/);

it.skipIf(!existsSync(join(realModels, 'test-le-v3.gguf')))('a published test file opens', async () => {
  const path = join(realModels, 'test-le-v3.gguf');
  const { tensors } = await openCheckpoint(...oneFile(memorySource(new Uint8Array(readFileSync(path))), 'test.gguf'));
  expect(tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual([
    { name: 'tensor1', dtype: 'F32', shape: [32] },
    { name: 'tensor2', dtype: 'F32', shape: [64] },
    { name: 'tensor3', dtype: 'F32', shape: [96] },
  ]);
});
