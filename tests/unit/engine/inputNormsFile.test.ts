/** Norms of inputs in a file: what is written is read again, and what is wrong with a file is said. */
import { describe, expect, it } from 'vitest';
import { inputNormsFile, readInputNorms } from '../../../src/engine/page/inputNormsFile';
import { isInputNormsHead } from '../../../src/engine/page/inputNormsHead';
import { readMetadata } from '../../../src/formats/safetensors/metadata';
import { safetensorsFile, type TensorContent } from '../../../src/formats/safetensors/write';
import { blobOf } from '../../../src/lib/browser/blobOf';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { hostileNames } from '../../support/hostileNames';

const named = (blob: Blob, name = 'm.norms.safetensors') => new File([blob], name);
const norms = (...values: number[]) => Float32Array.from(values);

function tensor(name: string, dtype: TensorContent['dtype'], shape: readonly number[], size: number): TensorContent {
  return { name, dtype, shape, content: [new Uint8Array(size)] };
}

const written = (tensors: readonly TensorContent[], metadata?: Record<string, string>) =>
  blobOf(safetensorsFile(tensors, metadata));

const about = { format: 'secateur-activations', version: '1' };

describe('a file of norms', () => {
  it('has every norm, bit for bit, whatever the names, and what they are of', async () => {
    const given = new Map(hostileNames.map((name, i) => [name, norms(i, i / 3, 3.4e38, 1e-45, 0)]));
    const file = named(inputNormsFile({ norms: given, inputs: '599 samples from "x.npz"' }, 'm.onnx'));
    expect(isInputNormsHead(new Uint8Array(await file.arrayBuffer()))).toBe(true);
    const read = await readInputNorms(file);
    expect(read.inputs).toBe('599 samples from "x.npz"');
    expect(new Map([...read.norms].sort())).toEqual(new Map([...given].sort()));
    expect(await readMetadata(blobSource(file))).toEqual({
      ...about,
      checkpoint: 'm.onnx',
      inputs: '599 samples from "x.npz"',
    });
  });

  it('need not say what they are of', async () => {
    const file = named(written([tensor('a', 'F32', [2], 8)], about));
    expect(await readInputNorms(file)).toEqual({ norms: new Map([['a', norms(0, 0)]]) });
  });

  it('is told from checkpoints and recipes by its bytes', async () => {
    const checkpoint = written([tensor('a', 'F32', [2], 8)], { format: 'pt' });
    const others = [checkpoint, new Blob([]), new Blob(['{"secateur-activations": 1}']), new Blob(['PK\x03\x04'])];
    for (const other of others) {
      expect(isInputNormsHead(new Uint8Array(await other.arrayBuffer()))).toBe(false);
    }
  });

  it.each<[string, Blob, string, object]>([
    ['another version', written([], { ...about, version: '2' }), 'unsupported-feature', {}],
    ['no version', written([], { format: about.format }), 'unsupported-feature', {}],
    ['the format as a name only', written([tensor('secateur-activations', 'F32', [1], 4)]), 'unsupported-feature', {}],
    [
      'another dtype',
      written([tensor('fc.weight', 'F64', [1], 8)], about),
      'unsupported-feature',
      { tensor: 'fc.weight' },
    ],
    [
      'another rank',
      written([tensor('fc.weight', 'F32', [1, 2], 8)], about),
      'unsupported-feature',
      { tensor: 'fc.weight' },
    ],
    ['less data than it says', written([tensor('fc.weight', 'F32', [3], 8)], about), 'malformed-file', {}],
  ])('with %s is refused', async (_, blob, code, context) => {
    const file = named(blob);
    await expect(readInputNorms(file)).rejects.toMatchObject({ code, context: { file: file.name, ...context } });
  });

  it('that is too large is refused before it is read', async () => {
    const file = named(new Blob([]));
    Object.defineProperty(file, 'size', { value: 2 ** 30 });
    await expect(readInputNorms(file)).rejects.toMatchObject({ code: 'unsupported-feature' });
  });

  it('with a title as long as a book has a shorter one', async () => {
    const file = named(inputNormsFile({ norms: new Map(), inputs: 'x'.repeat(1e6) }, 'm'));
    expect((await readInputNorms(file)).inputs!.length).toBeLessThan(300);
  });
});
