/** Arrays that NumPy wrote (tests/golden/numpy_files.py), and any others byte by byte. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseFiles } from '../../../../src/formats/chooseFiles';
import { npy, npz } from '../../../../src/formats/numpy';
import { openCheckpoint } from '../../../../src/formats/registry';
import { readZip } from '../../../../src/formats/zip/directory';
import { crc32 } from '../../../../src/lib/crc32';
import { CheckpointError } from '../../../../src/lib/errors';
import { memorySource } from '../../../../src/lib/source';
import { npy as npyBytes } from '../../../support/npy';
import { oneFile } from '../../../support/oneFile';
import { realModels } from '../../../support/realFiles';
import { pruned } from '../pruned';
import { goldenBytes as safetensorsBytes } from '../safetensors/files';

const folder = resolve(import.meta.dirname, '../../../golden/files/numpy');
const golden = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const expected: {
  arrays: Record<string, { shape: number[]; values: number[] }>;
  kept: Record<string, string>;
} = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));

/** Values of every array that floats, row by row, and the checksums of the archive as they are and as they are stored. */
async function read(bytes: Uint8Array) {
  const source = memorySource(bytes);
  const { tensors, storages } = await npz.open(...oneFile(source, 'a.npz'));
  const values = new Map<string, number[]>();
  for (const { name, dtype, shape, strides, storage } of tensors) {
    if (dtype !== 'F32') continue;
    const { start, end } = storages[storage]!.segments[0]!;
    const stored = new Float32Array(bytes.slice(start, end).buffer);
    const [rows = 1, columns = 1] = shape;
    const [down = 1, across = 1] = strides;
    const at = (i: number) => stored[Math.floor(i / columns) * down + (i % columns) * across]!;
    values.set(name, shape.length === 2 ? Array.from({ length: rows * columns }, (_, i) => at(i)) : [...stored]);
  }
  const sums = (await readZip(source, {})).map(({ range, crc }) => [
    crc32(bytes.subarray(range.start, range.end)),
    crc,
  ]);
  return { values, sums };
}

describe.each(['stored.npz', 'deflated.npz'])('%s', (name) => {
  it('opens as the network that it is: matrices with their biases, Fortran order included', async () => {
    const { opened } = await pruned([new File([golden(name)], name)]);
    expect(opened.layers.map((layer) => [layer.name, layer.kind, layer.shape, layer.axes])).toEqual([
      ['W1', 'linear', [12, 8], { outputs: [1], inputs: [0] }],
      ['b1', expect.any(String), [8], undefined],
      ['W2', 'linear', [8, 5], { outputs: [1], inputs: [0] }],
      ['b2', expect.any(String), [1, 5], undefined],
      ['steps', 'integer', [], undefined],
    ]);
    expect(opened.layers[0]!.because).toBe('b1 is its bias, of 8');
  });

  it('loses what PyTorch takes, and keeps everything else, under checksums that hold', async () => {
    const { report } = await pruned([new File([golden(name)], name)]);
    const written = new Uint8Array(await report.files[0]!.file!.arrayBuffer());
    const { values, sums } = await read(written);
    for (const [array, was] of Object.entries(expected.arrays)) {
      if (array === 'steps') continue;
      const kept = expected.kept[array];
      expect(values.get(array)).toEqual(was.values.map((value, i) => (kept?.[i] === '0' ? 0 : value)));
    }
    for (const [actual, stored] of sums) expect(actual).toBe(stored);
  });
});

describe('a compressed archive', () => {
  it('says what it would become, and how large it was', async () => {
    const { opened } = await pruned([new File([golden('deflated.npz')], 'deflated.npz')]);
    expect(opened.compressedSize).toBe(golden('deflated.npz').length);
    expect(opened.notes).toEqual([
      {
        severity: 'info',
        text: expect.stringContaining('an export writes them uncompressed: 1.9 kB in the place of 1.5 kB'),
      },
    ]);
  });
});

describe('arrays that are no weights', () => {
  it('are listed with the reason, and objects stay shut', async () => {
    const { tensors } = await npz.open(...oneFile(memorySource(golden('odd.npz')), 'odd.npz'));
    expect(Object.fromEntries(tensors.map(({ name, dtype, readOnly }) => [name, [dtype, readOnly]]))).toEqual({
      weight: ['F32', undefined],
      objects: ['OPAQUE', 'an object array: a pickle, which may name any code, and stays shut'],
      text: ['OPAQUE', 'strings: not floating point'],
      record: ['OPAQUE', 'its elements have fields of several types'],
      swapped: ['F32', 'big-endian, where the other arrays are not'],
      longer: ['OPAQUE', 'its NumPy type <f16 is none that Secateur knows'],
      nothing: ['F32', undefined],
    });
  });

  it('are named where they are samples and labels', async () => {
    const bytes = new Uint8Array(
      readFileSync(resolve(import.meta.dirname, '../../../../public/samples/digits-test.npz')),
    );
    const opening = openCheckpoint(...oneFile(memorySource(bytes), 'digits-test.npz'));
    await expect(opening).rejects.toMatchObject({
      code: 'unrecognised-file',
      message: 'digits-test.npz holds 599 samples (x and y), not weights.',
    });
  });
});

describe('one array', () => {
  it('is a tensor of the name of its file', async () => {
    const { tensors } = await npy.open(...oneFile(memorySource(golden('one.npy')), 'one.npy'));
    expect(tensors).toMatchObject([{ name: 'one', dtype: 'F32', shape: [12, 8], strides: [1, 12] }]);
  });

  it('beside a checkpoint goes behind it, whatever their names', async () => {
    const given = [
      { name: 'a.npy', source: memorySource(npyBytes([2, 2])) },
      { name: 'b.safetensors', source: memorySource(safetensorsBytes('plain.safetensors')) },
    ];
    expect((await chooseFiles(given)).files.map(({ name }) => name)).toEqual(['b.safetensors']);
  });

  it.each<[string, (bytes: Uint8Array) => void, RegExp]>([
    ['another version', (bytes) => bytes.set([9], 6), /header of version 9/],
    ['a header beyond the file', (bytes) => bytes.set([0xff, 0xff], 8), /header should be|bytes/],
    [
      'a shape beyond the file',
      (bytes) => bytes.set(new TextEncoder().encode('(99999999, 8), }'), 60),
      /should hold|does not give/,
    ],
  ])('with %s is refused', async (_, spoil, message) => {
    const bytes = golden('one.npy');
    spoil(bytes);
    const opening = npy.open(...oneFile(memorySource(bytes), 'one.npy'));
    await expect(opening).rejects.toMatchObject({ code: 'malformed-file', message: expect.stringMatching(message) });
  });
});

describe('any file', () => {
  const change = fc.record({ at: fc.nat(3000), value: fc.nat(255) });

  it.each(['stored.npz', 'odd.npz', 'one.npy'])(
    '%s with changed bytes opens inside itself, or is refused',
    async (name) => {
      const format = name.endsWith('.npy') ? npy : npz;
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const bytes = golden(name);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          const opened = await format.open(...oneFile(memorySource(bytes), name)).catch((error: unknown) => error);
          if (opened instanceof CheckpointError) return;
          const { storages } = opened as Awaited<ReturnType<typeof format.open>>;
          for (const { segments } of storages) {
            for (const { start, end } of segments) expect(0 <= start && start <= end && end <= bytes.length).toBe(true);
          }
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe('a network that somebody trained', () => {
  const path = join(realModels, 'ocr-mnist.npz');

  it.skipIf(!existsSync(path))('has two layers, half of which go', async () => {
    const { opened, report } = await pruned([new File([readFileSync(path)], 'ocr-mnist.npz')]);
    expect(opened.layers.filter(({ byDefault }) => byDefault).map(({ name, dtype }) => [name, dtype])).toEqual([
      ['W1', 'F64'],
      ['W2', 'F64'],
    ]);
    expect(report.weights).toBe(opened.layers[0]!.numel + opened.layers[2]!.numel);
    expect(Math.abs(report.zeros - report.weights / 2)).toBeLessThanOrEqual(1);
    const written = new Uint8Array(await report.files[0]!.file!.arrayBuffer());
    for (const { range, crc } of await readZip(memorySource(written), {})) {
      expect(crc32(written.subarray(range.start, range.end))).toBe(crc);
    }
  });
});
