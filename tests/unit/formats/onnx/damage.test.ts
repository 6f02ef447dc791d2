/** Whatever happened to a file: one clear error or a checkpoint, never anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../src/formats/format';
import { onnx } from '../../../../src/formats/onnx';
import { CheckpointError } from '../../../../src/lib/errors';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { bitsOf } from '../../../../src/tensors/dtype';
import { numelOf } from '../../../../src/tensors/tensor';
import { oneFile } from '../../../support/oneFile';
import { goldenBytes, goldens, openBytes } from './goldens';
import { concat, model, modelWith, number, record, tag, text, varint } from './protobuf';

const name = text(8, 'w');
const float = number(2, 1);
const eightBytes = record(9, new Uint8Array(8));

function nested(levels: number): Uint8Array {
  let graph = record(2);
  // A node's attribute's graph, again and again.
  for (let i = 0; i < levels; i++) graph = record(1, record(5, record(6, graph)));
  return model(record(7, graph));
}

const refused: readonly { what: string; bytes: Uint8Array; sentence: RegExp }[] = [
  { what: 'nothing', bytes: new Uint8Array(0), sentence: /no graph \(field 7\) was found/ },
  { what: 'no graph', bytes: model(text(2, 'producer')), sentence: /no graph \(field 7\) was found/ },
  {
    what: 'a graph that is longer than the file',
    bytes: concat(number(1, 10), tag(7, 2), varint(1000), new Uint8Array(10)),
    sentence: /Field 7 of ModelProto at offset 2 says it has 1000 bytes, but only 10 are left/,
  },
  {
    what: 'a tensor that is longer than its graph',
    bytes: model(record(7, tag(5, 2), varint(50), name), text(6, 'x'.repeat(100))),
    sentence: /Field 5 of GraphProto at offset 4 says it has 50 bytes, but only 3 are left/,
  },
  {
    what: 'weights of a negative length',
    bytes: modelWith(name, tag(9, 2), varint(-1)),
    sentence: /Field 9 of TensorProto at offset \d+ says it has more than 2⁵³ bytes/,
  },
  {
    what: 'weights of 2^62 bytes',
    bytes: modelWith(name, tag(9, 2), varint(2n ** 62n)),
    sentence: /says it has more than 2⁵³ bytes, but only 0 are left/,
  },
  {
    what: 'a number of eleven bytes',
    bytes: modelWith(tag(1, 0), new Uint8Array(10).fill(0x80), varint(1)),
    sentence: /A number in TensorProto at offset \d+ is longer than ten bytes/,
  },
  {
    what: 'a number without an end',
    bytes: modelWith(tag(1, 0), Uint8Array.of(0x80, 0x80)),
    sentence: /A number in TensorProto at offset 7 has no end/,
  },
  {
    what: 'a packed number without an end',
    bytes: modelWith(record(1, Uint8Array.of(2, 0x80)), name),
    sentence: /A number in TensorProto at offset 9 has no end/,
  },
  {
    what: 'field 0',
    bytes: modelWith(Uint8Array.of(0x02, 0)),
    sentence: /A field of TensorProto was expected at offset \d+, but its tag there is 2/,
  },
  {
    what: 'a field number beyond 29 bits',
    bytes: modelWith(varint(2n ** 40n), varint(1)),
    sentence: /its tag there is 1099511627776/,
  },
  { what: 'a negative tag', bytes: modelWith(varint(-1), varint(1)), sentence: /its tag there is -1/ },
  {
    what: 'a group',
    bytes: model(tag(12, 3), tag(12, 4), record(7)),
    sentence: /Field 12 of ModelProto at offset 2 has wire type 3, which ONNX files do not use/,
  },
  { what: 'the end of a group', bytes: model(tag(12, 4), record(7)), sentence: /has wire type 4/ },
  { what: 'wire type 6', bytes: model(tag(12, 6), record(7)), sentence: /has wire type 6/ },
  { what: 'wire type 7', bytes: model(record(7, tag(30, 7))), sentence: /Field 30 of GraphProto .* has wire type 7/ },
  {
    what: 'a fixed-width field cut off by the end of its message',
    bytes: modelWith(name, tag(4, 5), Uint8Array.of(0, 0)),
    sentence: /Field 4 of TensorProto .* says it has 4 bytes, but only 2 are left/,
  },
  { what: 'graphs in graphs without end', bytes: nested(100), sentence: /nest more than 100 levels deep/ },
  {
    what: 'a negative size',
    bytes: modelWith(name, float, number(1, 2), number(1, -1), eightBytes),
    sentence: /The tensor "w" has the impossible shape \[2, -1\]/,
  },
  {
    what: 'a size of 2^60',
    bytes: modelWith(name, float, number(1, 2n ** 60n), eightBytes),
    sentence: /The tensor "w" has the impossible shape \[1152921504606847000\]/,
  },
  {
    what: 'sizes whose product is no number',
    bytes: modelWith(name, float, ...Array.from({ length: 64 }, () => number(1, 2 ** 40)), eightBytes),
    sentence: /has the impossible shape/,
  },
  {
    what: 'too many dimensions',
    bytes: modelWith(name, float, record(1, new Uint8Array(10_000).fill(1)), eightBytes),
    sentence: /The tensor "w" has more than 64 dimensions/,
  },
  {
    what: 'fewer bytes than the shape needs',
    bytes: modelWith(name, float, number(1, 3), eightBytes),
    sentence: /The tensor "w" needs 12 bytes for f32 \[3\], but has 8 \(offset 15\)/,
  },
  {
    what: 'more bytes than the shape needs',
    bytes: modelWith(name, float, number(1, 1), eightBytes),
    sentence: /needs 4 bytes for f32 \[1\], but has 8/,
  },
  {
    what: 'half an element in one record, the rest in the next',
    bytes: modelWith(name, float, number(1, 2), record(4, new Uint8Array(6)), record(4, new Uint8Array(2))),
    sentence: /needs 8 bytes for f32 \[2\], but a record of them ends within an element/,
  },
  {
    what: 'half of two int4 missing',
    bytes: modelWith(name, number(2, 22), number(1, 17), eightBytes),
    sentence: /needs 9 bytes for i4 \[17\], but has 8/,
  },
];

describe('a model is refused that has', () => {
  it.each(refused)('$what', async ({ bytes, sentence }) => {
    await expect(openBytes(bytes)).rejects.toMatchObject({
      name: 'CheckpointError',
      code: 'malformed-file',
      message: expect.stringMatching(sentence),
      context: { file: 'file.onnx', format: 'ONNX' },
    });
  });

  it('more nodes than memory could hold', async () => {
    const nodes = new Uint8Array(2_000_100);
    for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
    await expect(openBytes(model(record(7, nodes)))).rejects.toMatchObject({
      code: 'unsupported-feature',
      message: expect.stringContaining('more than 1000000 nodes'),
    });
  });
});

describe('a model opens, as in protobuf and onnx, that has', () => {
  async function onlyTensor(...fields: readonly Uint8Array[]) {
    const { tensors, storages } = await openBytes(modelWith(...fields));
    expect(tensors).toHaveLength(1);
    return { ...tensors[0]!, segments: storages[tensors[0]!.storage]?.segments };
  }

  it('graphs in graphs, 30 deep', async () => {
    expect((await openBytes(nested(30))).tensors).toEqual([]);
  });

  it('a known field of another wire type, which is an unknown field', async () => {
    const tensor = await onlyTensor(text(8, 'w'), number(8, 5), float, text(2, 'x'), number(1, 2), eightBytes);
    expect(tensor).toMatchObject({ name: 'w', dtype: 'F32', shape: [2] });
  });

  it('fixed-width unknown fields', async () => {
    const unknown = concat(tag(40, 1), new Uint8Array(8), tag(41, 5), new Uint8Array(4));
    expect(await onlyTensor(unknown, name, float, number(1, 2), eightBytes)).toMatchObject({ shape: [2] });
  });

  it('a tensor in two records of an attribute, merged', async () => {
    const attribute = record(5, text(1, 'value'), record(5, float, number(1, 2)), record(5, eightBytes));
    const bytes = model(record(7, record(1, text(4, 'Constant'), text(2, 'c'), attribute)));
    expect((await openBytes(bytes)).tensors).toMatchObject([{ name: 'c', shape: [2], dtype: 'F32' }]);
  });

  it('a data type of the future, which is listed', async () => {
    const tensor = await onlyTensor(name, number(2, 77), number(1, 2), eightBytes);
    expect(tensor).toMatchObject({ dtype: 'OPAQUE', readOnly: 'its data type 77 is not known to Secateur' });
  });

  it('weights strewn over thousands of records, which are listed', async () => {
    const element = concat(tag(4, 5), new Uint8Array(4));
    const elements = concat(...Array.from({ length: 5000 }, () => element));
    const tensor = await onlyTensor(name, float, number(1, 5000), elements);
    expect(tensor.readOnly).toContain('strewn over more than 4096 records');
  });

  it('a place in another file with a hostile name, which is only shown', async () => {
    const external = record(13, text(1, 'location'), text(2, '../../../etc/passwd'));
    const tensor = await onlyTensor(name, float, number(1, 2), external, number(14, 1));
    expect(tensor.readOnly).toBe('stored in ../../../etc/passwd, which is no place beside the model');
  });

  it('names of JavaScript itself, of no one, and of no text', async () => {
    const noText = record(8, Uint8Array.of(0xff, 0xfe));
    const tensors = [text(8, '__proto__'), text(8, 'constructor'), noText, text(8, ''), concat()];
    const initializers = tensors.map((each) => record(5, each, float, number(1, 2), eightBytes));
    const opened = await openBytes(model(record(7, ...initializers)));
    expect(opened.tensors.map((tensor) => tensor.name)).toEqual([
      '__proto__',
      'constructor',
      '\ufffd\ufffd',
      '(unnamed)',
      '(unnamed) (2)',
    ]);
  });

  it('nodes that lead in a circle, and a function that calls itself', async () => {
    const circle = [
      record(1, text(4, 'Identity'), text(1, 'w'), text(2, 'a')),
      record(1, text(4, 'Identity'), text(1, 'a'), text(2, 'w')),
      record(1, text(4, 'F'), text(7, 'd'), text(1, 'w'), text(2, 'b')),
    ];
    const call = record(7, text(4, 'F'), text(7, 'd'), text(1, 'x'), text(2, 'y'));
    const bytes = model(
      record(7, ...circle, record(5, name, float, number(1, 2), eightBytes)),
      record(25, text(1, 'F'), text(10, 'd'), text(4, 'x'), call),
    );
    expect((await openBytes(bytes)).tensors).toMatchObject([{ name: 'w', kind: 'parameter' }]);
  });
});

/** Refuses to read more than the file several times over. */
function frugal(bytes: Uint8Array): ByteSource {
  const source = memorySource(bytes);
  let total = 0;
  return {
    size: source.size,
    read(offset, length) {
      total += length;
      expect(total).toBeLessThan(20 * bytes.length + 4096);
      return source.read(offset, length);
    },
  };
}

async function open(bytes: Uint8Array): Promise<Checkpoint | CheckpointError> {
  onnx.sniff(bytes.subarray(0, 4096), bytes.length);
  try {
    return await onnx.open(...oneFile(frugal(bytes), 'damaged.onnx'));
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
}

/** Every storage lies inside the file, varints too, and is what its tensor needs. */
function assertInside({ tensors, storages, encoded = [] }: Checkpoint, size: number): void {
  for (const { segments, byteLength } of storages) {
    expect(segments.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(byteLength);
    const varints = encoded.find(({ addresses }) => addresses === segments[0]);
    for (const { start, end } of varints?.segments ?? segments) {
      expect(start).toBeLessThan(end + 1);
      expect(end).toBeLessThanOrEqual(size);
    }
  }
  for (const { storage, shape, dtype } of tensors) {
    const needed = Math.ceil((numelOf(shape) * bitsOf(dtype)) / 8);
    if (storage >= 0) expect(storages[storage]!.byteLength).toBe(needed);
  }
}

describe.each(goldens)('%s', (golden) => {
  const bytes = goldenBytes(golden);

  it('with changed bytes opens or is refused', async () => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const copy = bytes.slice();
        for (const { at, value } of changes) copy[at] = value;
        const result = await open(copy);
        if (!(result instanceof CheckpointError)) assertInside(result, copy.length);
      }),
      { numRuns: 300 },
    );
  });

  it('cut short is refused, or lacks only what comes after the graph', async () => {
    const whole = await open(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        const result = await open(bytes.slice(0, length));
        if (result instanceof CheckpointError) expect(result.code).toBe('malformed-file');
        else expect((whole as Checkpoint).tensors.length).toBeGreaterThanOrEqual(result.tensors.length);
      }),
      { numRuns: 100 },
    );
  });

  it('with noise somewhere opens or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 60 }), async (at, noise) => {
        const copy = bytes.slice();
        copy.set(noise.subarray(0, copy.length - at), at);
        const result = await open(copy);
        if (!(result instanceof CheckpointError)) assertInside(result, copy.length);
      }),
      { numRuns: 200 },
    );
  });
});
