/** Whatever happened to a file: one clear error or a checkpoint that lies inside it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetensors } from '../../../../src/formats/safetensors';
import { CheckpointError } from '../../../../src/lib/errors';
import { fileOf, goldenBytes, openBytes } from './files';

const tensor = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
const plain = goldenBytes('plain.safetensors');
const openFailing = (bytes: Uint8Array) =>
  openBytes(bytes).then(
    () => undefined,
    (error: CheckpointError) => error,
  );

describe('the sentence', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['a file of a few bytes', new Uint8Array(5), /header length of 8 bytes was expected, but the file has only 5/],
    [
      'a length above the limit',
      fileOf('{}', 0, 2n ** 40n),
      /offset 0 says 1099511627776 bytes; the format allows 100000000/,
    ],
    ['a length beyond the file', fileOf('{}', 0, 500n), /offset 0 says 500 bytes, but only 2 follow/],
    [
      'a cut header',
      fileOf(`{"a":${tensor}`, 4),
      /',' or '}' was expected in the JSON header, but the header ended \(offset 61\)/,
    ],
    [
      'another character',
      fileOf(`{"a":${tensor};}`, 4),
      /',' or '}' was expected in the JSON header, but ';' was found \(offset 61\)/,
    ],
    [
      'another byte',
      fileOf(`{"a":\u0001}`, 4),
      /dtype, shape and data_offsets for "a" was expected .* byte 0x01 was found \(offset 13\)/,
    ],
    ['bytes that are no text', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22)), /not valid UTF-8 here \(offset 10\)/],
    [
      'a name that occurs twice',
      fileOf(`{"a":${tensor},"a":${tensor}}`, 4),
      /names "a" twice, the second time at offset 62/,
    ],
    ['a field that occurs twice', fileOf('{"a":{"shape":[1],"shape":[1]}}'), /"a" has the field shape twice/],
    ['a field that is missing', fileOf('{"a":{"dtype":"F32","shape":[1]}}'), /"a" has no data_offsets/],
    [
      'three offsets',
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}'),
      /"a" has 3 data_offsets where two/,
    ],
    [
      'a fraction',
      fileOf(`{"a":${tensor.replace('[1]', '[1.5]')}}`, 4),
      /A dimension \(a whole number\) was expected, but 1\.5 was found/,
    ],
    ['a number beyond 64 bits', fileOf(`{"a":${tensor.replace('[1]', '[18446744073709551616]')}}`, 4), /2\^64 or more/],
    [
      'a hole',
      fileOf(`{"a":${tensor.replace('[0,4]', '[4,8]')}}`, 8),
      /data of "a" begins at 4 where 0 was expected: a hole/,
    ],
    [
      'an overlap',
      fileOf(`{"a":${tensor},"b":${tensor.replace('[0,4]', '[2,6]')}}`, 6),
      /"b" begins at 2 where 4 was expected: an overlap/,
    ],
    [
      'offsets in reverse',
      fileOf(`{"a":${tensor},"b":${tensor.replace('[0,4]', '[4,2]')}}`, 4),
      /"b" ends at 2, before it begins at 4/,
    ],
    [
      'another size',
      fileOf(`{"a":${tensor.replace('[1]', '[2, 3]')}}`, 4),
      /"a" needs 24 bytes for F32 \[2, 3\], but its data_offsets enclose 4/,
    ],
    [
      'half bytes',
      fileOf('{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2),
      /3 elements of F4, which do not fill whole bytes/,
    ],
    [
      'too many elements',
      fileOf(`{"a":${tensor.replace('[1]', '[4294967296,4294967296]')}}`, 4),
      /more than 2\^64 elements/,
    ],
    ['too many bits', fileOf(`{"a":${tensor.replace('[1]', '[4611686018427387905]')}}`, 4), /more than 2\^64 bits/],
    ['missing data', fileOf(`{"a":${tensor}}`, 3), /describes 4 bytes of data, but the file holds only 3/],
    ['appended data', fileOf(`{"a":${tensor}}`, 9), /describes 4 bytes of data, but the file holds 9/],
  ])('on %s names what was expected, what was found and where', async (_, bytes, message) => {
    expect(await openFailing(bytes)).toMatchObject({ code: 'malformed-file', message: expect.stringMatching(message) });
  });

  it('on a download that stopped says so', async () => {
    for (const length of [40, plain.length - 1]) {
      const error = await openFailing(plain.slice(0, length));
      expect(error?.context.advice).toMatch(/cut short: download or copy it again/);
    }
  });

  it('shortens names and numbers without end', async () => {
    for (const header of [
      `{"${'long'.repeat(1000)}":{}}`,
      `{"a":${tensor.replace('[1]', `[1.${'0'.repeat(5000)}]`)}}`,
    ]) {
      expect((await openFailing(fileOf(header)))!.message.length).toBeLessThan(200);
    }
  });
});

describe('sniff', () => {
  it.each<[string, string, boolean]>([
    ['an object', '{"a":1}', true],
    ['an empty object behind white space', ' \n{ }', true],
    ['an array', '[1, 2, 3]', false],
    ['text', 'weights!', false],
  ])('looks for an object: %s', (_, header, expected) => {
    const file = fileOf(header);
    expect(safetensors.sniff(file, file.length)).toBe(expected);
  });

  it('leaves lengths that lie within reason to open, which can explain them', () => {
    const sniff = (length: bigint) => safetensors.sniff(fileOf('{}', 0, length), 10);
    expect(sniff(2n ** 40n - 1n)).toBe(true);
    expect(sniff(2n ** 40n)).toBe(false);
  });

  it('is not for plain JSON', () => {
    const json = new TextEncoder().encode('{"a": 1, "b": {"c": 2}}');
    expect(safetensors.sniff(json, json.length)).toBe(false);
  });
});

describe('any file', () => {
  const change = fc.record({ at: fc.nat(1000), value: fc.nat(255) });

  it('with changed bytes opens, with everything inside the file, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('plain', 'unaligned', 'names', 'zero-size', 'narrow'),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (name, changes) => {
          const bytes = goldenBytes(`${name}.safetensors`);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          safetensors.sniff(bytes, bytes.length);
          const opened = await openBytes(bytes).catch((error: unknown) => error);
          if (opened instanceof CheckpointError) return;
          const { storages } = opened as Awaited<ReturnType<typeof openBytes>>;
          for (const { segments } of storages) {
            for (const { start, end } of segments) expect(0 <= start && start <= end && end <= bytes.length).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('cut short is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length - 1), async (length) => {
        expect(await openFailing(plain.slice(0, length))).toMatchObject({ code: 'malformed-file' });
      }),
    );
  });
});

describe('any header', () => {
  const widths = { F64: 8, F32: 4, F16: 2, BF16: 2, I8: 1, BOOL: 1, C64: 8 } as const;
  const entry = fc.record({
    name: fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
    dtype: fc.constantFrom(...(Object.keys(widths) as (keyof typeof widths)[])),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    extra: fc.jsonValue({ maxDepth: 3 }),
  });
  const entries = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 8 });
  const metadata = fc.option(fc.dictionary(fc.string(), fc.string()));

  it('that JSON.stringify writes is read as it was meant', async () => {
    await fc.assert(
      fc.asyncProperty(entries, metadata, fc.nat(8), async (wanted, texts, indent) => {
        let at = 0;
        const described = wanted.map(({ name, dtype, shape, extra }) => {
          const begin = at;
          at += shape.reduce((product, size) => product * size, widths[dtype]);
          return { name, dtype, shape, data_offsets: [begin, at], extra };
        });
        const fields = described.map(
          ({ name, ...fieldsOf }) => `${JSON.stringify(name)}:${JSON.stringify(fieldsOf, undefined, indent)}`,
        );
        if (texts) fields.unshift(`"__metadata__":${JSON.stringify(texts)}`);
        const header = `{${fields.join(',')}}`;
        const { tensors, storages } = await openBytes(fileOf(header, at));
        const dataStart = 8 + new TextEncoder().encode(header).length;
        expect(
          tensors.map(({ name, dtype, shape, storage }) => {
            const { start, end } = storages[storage]!.segments[0]!;
            return { name, dtype, shape, data_offsets: [start - dataStart, end - dataStart] };
          }),
        ).toEqual(described.map(({ extra, ...meant }) => meant));
      }),
    );
  });
});
