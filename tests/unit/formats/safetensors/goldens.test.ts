import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { safetensors } from '../../../../src/formats/safetensors';
import { CheckpointError } from '../../../../src/lib/errors';
import { contiguousStrides } from '../../../../src/tensors/tensor';
import { expectedOf, fileOf, goldenBytes, goldens, judgedHeaders, openBytes } from './files';

describe.each(goldens)('%s', (name) => {
  const bytes = goldenBytes(name);

  it('is told by its first bytes', () => {
    expect(safetensors.sniff(bytes.subarray(0, 4096), bytes.length)).toBe(true);
  });

  it('holds the tensors that the library finds, byte for byte', async () => {
    const { tensors, storages } = await openBytes(bytes);
    const ours = tensors.map((tensor) => {
      const [segment, ...others] = storages[tensor.storage]!.segments;
      expect(others).toEqual([]);
      const elements = bytes.subarray(segment!.start, segment!.end);
      expect(tensor.strides).toEqual(contiguousStrides(tensor.shape));
      return {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        sha256: createHash('sha256').update(elements).digest('hex'),
      };
    });
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(ours.sort(byName)).toEqual(expectedOf(name).sort(byName));
  });
});

it('lists tensors in the order of the header', async () => {
  const { tensors } = await openBytes(goldenBytes('unaligned.safetensors'));
  expect(tensors.map(({ name }) => name)).toEqual(['d', 'b', 'f']);
});

/** Where we differ from the library, and why. */
const stricter: Readonly<Record<string, string>> = {
  'a name twice, both at one place': 'the format disallows duplicate keys',
  'a tensor as an array of its fields': 'a way of reading Rust structs, not of the format',
  'a dtype as an object': 'a way of reading Rust enums, not of the format',
  '1,025 dimensions': 'a limit on hostile headers',
};
/** Dtypes of later versions are listed, and never touched. */
const laxer = ['a dtype in lower case', 'an unknown dtype', 'a dtype of other formats'];

describe('a header with', () => {
  it.each(judgedHeaders)('$name is judged as the library does', async ({ name, header, data, length, accepted }) => {
    const file = fileOf(Buffer.from(header, 'latin1'), data, length === undefined ? undefined : BigInt(length));
    const opened = await openBytes(file).catch((error: unknown) => error);
    if (accepted && !(name in stricter)) {
      expect(opened).toMatchObject({ format: 'safetensors' });
    } else if (laxer.includes(name)) {
      expect(opened).toMatchObject({ tensors: [{ dtype: 'OPAQUE', readOnly: expect.stringContaining('dtype') }] });
    } else {
      expect(opened).toBeInstanceOf(CheckpointError);
      expect(opened).toMatchObject({ code: 'malformed-file', context: { file: 'model.safetensors' } });
    }
  });

  it('every difference from the library is one of the table', () => {
    const names = judgedHeaders.map(({ name }) => name);
    for (const name of [...Object.keys(stricter), ...laxer]) expect(names).toContain(name);
  });
});
