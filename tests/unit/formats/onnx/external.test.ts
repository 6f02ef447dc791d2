/** Weights in files beside the model: as PyTorch and onnx write them, and as nobody should. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../src/formats/format';
import { onnx } from '../../../../src/formats/onnx';
import { joinedSource, partsOf } from '../../../../src/lib/parts';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { float, modelOf, node } from './models';
import { concat, model, modelWith, number, record, text, varint } from './protobuf';

const folder = resolve(import.meta.dirname, '../../../golden/files/external');

interface GoldenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly outside: boolean;
  readonly sha256: string;
}
const expected: Readonly<Record<'exported' | 'saved', readonly GoldenTensor[]>> = JSON.parse(
  readFileSync(join(folder, 'expected.json'), 'utf8'),
);

type Files = readonly (readonly [name: string, bytes: Uint8Array])[];

function golden(kind: 'exported' | 'saved'): Files {
  const names = readdirSync(join(folder, kind)).sort((a) => (a === 'net.onnx' ? -1 : 1));
  return names.map((name) => [name, new Uint8Array(readFileSync(join(folder, kind, name)))]);
}

function open(files: Files): Promise<Checkpoint> {
  const source = joinedSource(files.map(([, bytes]) => memorySource(bytes)));
  return onnx.open(source, partsOf(files.map(([name, { length }]) => ({ name, size: length }))));
}

/** A model whose one tensor `w`, two floats unless said otherwise, is said to lie elsewhere. */
function pointing(keys: Readonly<Record<string, string>>, ...more: readonly Uint8Array[]): Uint8Array {
  return modelWith(...outside('w', keys), ...more);
}

function outside(name: string, keys: Readonly<Record<string, string>>, dims = [2, 1]): Uint8Array[] {
  const entries = Object.entries(keys).map(([key, value]) => record(13, text(1, key), text(2, value)));
  return [text(8, name), number(2, 1), ...dims.map((size) => number(1, size)), ...entries, number(14, 1)];
}

const eight = new Uint8Array(8).fill(1);

describe.each(['exported', 'saved'] as const)('a model that was %s with its weights in other files', (kind) => {
  it('has the very elements that the onnx library loads, where they are', async () => {
    const files = golden(kind);
    const whole = Buffer.concat(files.map(([, bytes]) => bytes));
    const { tensors, storages, parts, notes } = await open(files);
    expect(notes).toEqual([]);
    const found = tensors.map(({ name, shape, storage }) => {
      const hash = createHash('sha256');
      for (const { start, end } of storages[storage]!.segments) hash.update(whole.subarray(start, end));
      const outside = storages[storage]!.segments[0]!.start >= parts[0]!.end;
      return { name, shape, outside, sha256: hash.digest('hex') };
    });
    expect(found).toEqual(expected[kind]);
    expect(tensors.filter(({ readOnly }) => readOnly !== undefined).map(({ dtype }) => dtype)).toEqual([]);
  });

  it('says which of the files beside it are its own', async () => {
    const [[name, bytes], ...others] = golden(kind) as [Files[number], ...Files];
    const names = [...others.map(([other]) => other), 'README.md', 'net.onnx.data2', 'NET.ONNX.DATA'];
    const beside = await onnx.beside!(memorySource(bytes), name, names);
    expect(beside).toEqual(others.map(([other]) => other));
  });

  it('alone names the missing files in one sentence', async () => {
    const opening = open(golden(kind).slice(0, 1));
    await expect(opening).rejects.toMatchObject({
      code: 'missing-file',
      message:
        kind === 'exported'
          ? 'The weights of net.onnx are in net.onnx.data, which is missing: drop both files together.'
          : expect.stringMatching(
              /^The weights of net\.onnx are in 0\.weight, .* and 7\.bias, which are missing: drop all files together\.$/,
            ),
    });
  });
});

describe('a place in another file', () => {
  it('may leave out where it begins and how long it is', async () => {
    const { tensors, storages } = await open([
      ['m.onnx', pointing({ location: 'w.bin' })],
      ['w.bin', new Uint8Array(20)],
    ]);
    expect(tensors).toMatchObject([{ name: 'w', storage: 0 }]);
    const start = pointing({ location: 'w.bin' }).length;
    expect(storages).toEqual([{ segments: [{ start, end: start + 8 }], byteLength: 8 }]);
  });

  it.each(['w.bin', './w.bin', 'folder/w.bin'])('is looked for by the name of the file alone: %s', async (location) => {
    const { tensors } = await open([
      ['m.onnx', pointing({ location })],
      ['w.bin', eight],
    ]);
    expect(tensors).toMatchObject([{ name: 'w', storage: 0 }]);
    expect(tensors[0]).not.toHaveProperty('readOnly');
  });

  it.each([
    '../w.bin',
    'folder/../w.bin',
    '/etc/w.bin',
    '\\w.bin',
    'folder\\w.bin',
    'C:w.bin',
    'c:/w.bin',
    'w.bin\0',
    'folder/',
    'folder//w.bin',
    '',
    '.',
    '..',
  ])('that leads out of its folder, or nowhere, is not followed: %j', async (location) => {
    const bytes = pointing({ location });
    const { tensors, storages } = await open([
      ['m.onnx', bytes],
      ['w.bin', eight],
    ]);
    expect(storages).toEqual([]);
    expect(tensors).toMatchObject([{ storage: -1, readOnly: expect.stringContaining('no place beside the model') }]);
    expect(await onnx.beside!(memorySource(bytes), 'm.onnx', ['w.bin', 'etc', ''])).toEqual([]);
  });

  it.each([
    ['/home/w.bin', 'its weights are said to be in /home/w.bin, which is no place beside the model.'],
    ['', 'its weights are said to be in a file without a name, which is no place beside the model.'],
  ])('that no file can be given for leaves nothing to export: %j', async (location, sentence) => {
    const layer = record(1, node('MatMul', ['x', 'w'], ['y']));
    const { readOnly, notes } = await open([
      ['m.onnx', model(record(7, layer, record(5, ...outside('w', { location }))))],
    ]);
    expect(readOnly).toContain(sentence);
    expect(notes).toEqual([]);
  });

  it('of some weights is said, beside those that are in the model', async () => {
    const layers = [node('MatMul', ['x', 'w'], ['h']), node('MatMul', ['h', 'v'], ['y'])];
    const tensors = [record(5, ...outside('w', { location: '../w.bin' })), record(5, float(1, 2), text(8, 'v'))];
    const { readOnly, notes } = await open([
      ['m.onnx', model(record(7, ...layers.map((each) => record(1, each)), ...tensors))],
    ]);
    expect(readOnly).toBeUndefined();
    expect(notes).toMatchObject([
      { severity: 'warning', text: expect.stringMatching(/^1 of 2 tensors are said to be/) },
    ]);
  });

  it('that the layers themselves have their weights from, outside the model, leaves nothing to export', async () => {
    const { readOnly } = await open([['m.onnx', modelOf([node('Conv', ['x', 'conv.weight'], ['y'])], {})]]);
    expect(readOnly).toBe(
      'its weights are not in it. Its layers take conv.weight from outside, as an export without parameters leaves them.',
    );
  });

  it('in the model itself is not followed', async () => {
    const bytes = pointing({ location: 'm.onnx' });
    expect(await onnx.beside!(memorySource(bytes), 'm.onnx', ['w.bin'])).toEqual([]);
    const { tensors } = await open([['m.onnx', bytes]]);
    expect(tensors).toMatchObject([{ readOnly: 'stored in m.onnx, which is no place beside the model' }]);
  });

  it('is not looked for in a file that has the name of two', async () => {
    const graph = record(
      7,
      record(5, ...outside('a', { location: 'a/w' })),
      record(5, ...outside('b', { location: 'b/w' })),
    );
    const { tensors } = await open([
      ['m.onnx', model(graph)],
      ['w', eight],
    ]);
    expect(tensors.map(({ readOnly }) => readOnly)).toEqual([
      'stored in a/w, one of several files of that name',
      'stored in b/w, one of several files of that name',
    ]);
  });

  it('is not looked for in either of two files of one name', async () => {
    const { tensors } = await open([
      ['m.onnx', pointing({ location: 'w' })],
      ['w', eight],
      ['w', eight],
    ]);
    expect(tensors).toMatchObject([{ storage: -1, readOnly: 'stored in w, of which two were given' }]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a negative offset', { offset: '-8' }, /"w" has the offset "-8" in w\.bin, where a number of bytes was expected/],
    ['an offset that is no number', { offset: '0x8' }, /offset "0x8"/],
    ['an offset of a fraction', { offset: '1.5' }, /offset "1\.5"/],
    ['an offset beyond all files', { offset: '9'.repeat(30) }, /offset "9{30}"/],
    ['a length that is no number', { length: 'eight' }, /length "eight"/],
    ["a length that is not the tensor's", { length: '12' }, /"w" needs 8 bytes for f32 \[2, 1\], but has 12 in w\.bin/],
    ['a place beyond its file', { offset: '8' }, /"w" is at bytes 8 to 16 of w\.bin, which has only 12/],
    [
      'a place that reaches beyond its file',
      { offset: '5', length: '8' },
      /at bytes 5 to 13 of w\.bin, which has only 12/,
    ],
  ])('is refused with %s', async (_, keys, sentence) => {
    // More bytes follow in the next file.
    const opening = open([
      ['m.onnx', pointing({ location: 'w.bin', ...keys })],
      ['w.bin', new Uint8Array(12)],
      ['next.bin', new Uint8Array(100)],
    ]);
    await expect(opening).rejects.toMatchObject({ code: 'malformed-file', message: expect.stringMatching(sentence) });
  });

  it('with a checksum says where its digits are; one that is no SHA-1 is left as it is', async () => {
    const given = async (checksum: string) => {
      const bytes = pointing({ location: 'w.bin', checksum });
      const { tensors, digests } = await open([
        ['m.onnx', bytes],
        ['w.bin', eight],
      ]);
      return { bytes, reason: tensors[0]?.readOnly, digests };
    };
    const stored = 'ab'.repeat(20);
    const { bytes, reason, digests } = await given(stored);
    expect(reason).toBeUndefined();
    const range = { start: bytes.length, end: bytes.length + 8 };
    expect(digests).toEqual([{ range, stored, fields: [Buffer.from(bytes).indexOf(stored)] }]);
    expect(await given('md5 of it')).toMatchObject({
      reason: 'w.bin has a checksum that is no SHA-1: it would go stale',
      digests: undefined,
    });
  });

  it('of any alignment is one, and names of JavaScript itself are names', async () => {
    const { tensors, storages } = await open([
      ['m.onnx', pointing({ location: '__proto__', offset: '3', constructor: 'x', __proto__: 'y' })],
      ['__proto__', new Uint8Array(11)],
    ]);
    expect(tensors[0]!.readOnly).toBeUndefined();
    const { start, end } = storages[0]!.segments[0]!;
    expect([
      start % 4 === pointing({ location: '__proto__', offset: '3', constructor: 'x' }).length % 4,
      end - start,
    ]).toEqual([false, 8]);
  });
});

describe('of more than 2 GB', () => {
  const size = 2.5 * 2 ** 30;
  const zeros: ByteSource = { size, read: async (_, length) => new Uint8Array(length) };

  it('weights in another file are where it is said', async () => {
    const bytes = pointing({ location: 'w.bin', offset: `${size - 8}` });
    const files = [
      { name: 'm.onnx', size: bytes.length },
      { name: 'w.bin', size },
    ];
    const { storages, notes } = await onnx.open(joinedSource([memorySource(bytes), zeros]), partsOf(files));
    const end = bytes.length + size;
    expect(storages).toEqual([{ segments: [{ start: end - 8, end }], byteLength: 8 }]);
    expect(notes).toEqual([]);
  });

  it('a model in one file opens, and a note says that nothing runs it', async () => {
    const numel = size / 4;
    const large = (field: number, length: number) => concat(varint(field * 8 + 2), varint(length));
    const head = concat(text(8, 'w'), number(2, 1), number(1, numel), number(1, 1), large(9, size));
    const begin = concat(
      large(7, large(5, head.length + size).length + head.length + size),
      large(5, head.length + size),
      head,
    );
    const start = concat(number(1, 9), begin);
    const source = joinedSource([memorySource(start), zeros]);
    const { storages, notes } = await onnx.open(source, partsOf([{ name: 'm.onnx', size: source.size }]));
    expect(storages).toEqual([{ segments: [{ start: start.length, end: start.length + size }], byteLength: size }]);
    expect(notes).toMatchObject([
      { severity: 'warning', text: expect.stringContaining('ONNX Runtime will not load it') },
    ]);
  });
});

describe('tensors in the same bytes', () => {
  const opened = (places: readonly (readonly [name: string, offset: string, dims: number[]])[]) =>
    open([
      [
        'm.onnx',
        model(
          record(
            7,
            ...places.map(([name, offset, dims]) => record(5, ...outside(name, { location: 'w', offset }, dims))),
          ),
        ),
      ],
      ['w', new Uint8Array(64)],
    ]);

  it('are names of one storage', async () => {
    const { tensors, storages } = await opened([
      ['a', '8', [2, 2]],
      ['apart', '24', [2, 2]],
      ['b', '8', [2, 2]],
    ]);
    expect(tensors.map(({ storage, storageOffset }) => [storage, storageOffset])).toEqual([
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
    expect(storages.map(({ byteLength }) => byteLength)).toEqual([16, 16]);
  });

  it('are views of what they have in common', async () => {
    const { tensors, storages } = await opened([
      ['last', '16', [2, 2]],
      ['first', '4', [2, 2]],
      ['within', '8', [1, 1]],
    ]);
    expect(tensors.map(({ storage, storageOffset }) => [storage, storageOffset])).toEqual([
      [0, 3],
      [0, 0],
      [0, 1],
    ]);
    expect(storages).toMatchObject([{ byteLength: 28 }]);
  });

  it('that begin within an element of another are left as they are', async () => {
    const { tensors } = await opened([
      ['a', '0', [2, 2]],
      ['b', '6', [2, 2]],
      ['apart', '32', [2, 2]],
    ]);
    const reason = 'its bytes begin within an element of another tensor';
    expect(tensors.map(({ readOnly }) => readOnly)).toEqual([reason, reason, undefined]);
  });
});

describe('a model without its weights', () => {
  const bias = record(5, text(8, 'b'), number(2, 1), number(1, 2), record(9, eight));
  /** As NVIDIA's polygraphy strips it: raw_data is there, and empty. */
  const stripped = record(
    5,
    text(8, 'w'),
    number(2, 1),
    number(1, 4),
    number(1, 2),
    record(9),
    text(12, 'TRT_WEIGHTLESS/'),
  );
  const matMul = record(1, text(4, 'MatMul'), text(1, 'x'), text(1, 'w'), text(2, 'y'));

  it('is called stripped, not damaged, with a next step', async () => {
    await expect(open([['m.onnx', model(record(7, matMul, stripped, bias))]])).rejects.toMatchObject({
      code: 'unsupported-feature',
      message: 'The model is stripped of its weights: 1 of 2 tensors have no elements.',
      context: { file: 'm.onnx', advice: 'Open the model that it was made from, which still has them.' },
    });
  });

  it('is the same where the field is not there at all', async () => {
    const without = record(5, text(8, 'w'), number(2, 1), number(1, 4), number(1, 2));
    await expect(open([['m.onnx', model(record(7, matMul, without))]])).rejects.toMatchObject({
      code: 'unsupported-feature',
      message: expect.stringContaining('stripped of its weights'),
    });
  });

  it('opens with a warning where it has some', async () => {
    const kept = record(5, text(8, 'v'), number(2, 1), number(1, 1), number(1, 2), record(9, eight));
    const second = concat(matMul, record(1, text(4, 'MatMul'), text(1, 'y'), text(1, 'v'), text(2, 'z')));
    const two = [stripped, record(5, text(8, 'u'), number(2, 1), number(1, 4), number(1, 2), record(9))];
    const third = record(1, text(4, 'MatMul'), text(1, 'z'), text(1, 'u'), text(2, 'a'));
    const { notes, tensors } = await open([['m.onnx', model(record(7, second, third, ...two, kept))]]);
    expect(tensors).toHaveLength(3);
    expect(notes).toEqual([
      { severity: 'warning', text: expect.stringMatching(/stripped of its weights: 2 of 3 tensors.*Open the model/) },
    ]);
  });
});
