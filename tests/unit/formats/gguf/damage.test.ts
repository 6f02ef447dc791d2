/** Whatever happened to a GGUF file: one clear error or a checkpoint that lies inside it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../src/lib/errors';
import { goldenBytes, openBytes } from './files';

const failing = (bytes: Uint8Array) =>
  openBytes({ name: 'model.gguf', bytes }).then(
    () => undefined,
    (error: CheckpointError) => error,
  );

/** A head of version 3 with so many tensors and pairs, and what follows. */
function head(tensors: bigint, pairs: bigint, ...rest: Uint8Array[]): Uint8Array {
  const start = Buffer.alloc(24);
  start.write('GGUF');
  start.writeUInt32LE(3, 4);
  start.writeBigUInt64LE(tensors, 8);
  start.writeBigUInt64LE(pairs, 16);
  return Buffer.concat([start, ...rest]);
}

const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: bigint) => Buffer.from(BigUint64Array.of(value).buffer);
const text = (value: string) => Buffer.concat([u64(BigInt(value.length)), Buffer.from(value)]);
const tensor = (name: string, sizes: readonly bigint[], type: number, offset: bigint) =>
  Buffer.concat([text(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset)]);
const alignment = (value: number) => Buffer.concat([text('general.alignment'), u32(4), u32(value)]);

describe('the sentence on', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['version 1', Buffer.concat([Buffer.from('GGUF'), u32(1), Buffer.alloc(8)]), /GGUF of version 1/],
    ['more tensors than bytes', head(2n ** 60n, 0n), /number of tensors says 1152921504606846976/],
    ['a key without an end', head(0n, 1n, u64(2n ** 62n)), /length of a key says/],
    ['a value of no type', head(0n, 1n, text('a'), u32(77)), /unknown type 77/],
    ['an array of arrays', head(0n, 1n, text('a'), u32(9), u32(9), u64(1n)), /array of the type 9/],
    ['a key that occurs twice', head(0n, 2n, alignment(32), alignment(32)), /"general\.alignment" occurs twice/],
    ['an alignment of 24', head(0n, 1n, alignment(24)), /24, which is no power of two/],
    ['five dimensions', head(1n, 0n, tensor('a', [1n, 1n, 1n, 1n, 1n], 0, 0n)), /has 5 dimensions/],
    ['dimensions that multiply to too many', head(1n, 0n, tensor('a', [2n ** 40n, 2n ** 40n], 0, 0n)), /more elements/],
    ['an unknown type', head(1n, 0n, tensor('a', [1n], 99, 0n)), /type 99, which Secateur does not know/],
    ['rows that are no blocks', head(1n, 0n, tensor('a', [33n], 8, 0n)), /33 elements, which blocks of 32/],
    ['a hole', head(1n, 0n, tensor('a', [1n], 0, 32n)), /begin at 32 where 0 was expected/],
    ['two of a name', head(2n, 0n, tensor('a', [1n], 0, 0n), tensor('a', [1n], 0, 0n)), /"a" occurs twice/],
    ['weights that are not there', head(1n, 0n, tensor('a', [64n], 0, 0n)), /end at \d+, but the file has only/],
  ])('%s says what and where', async (_, bytes, message) => {
    const error = await failing(bytes);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error!.message).toMatch(message);
  });
});

const names = ['types.gguf', 'llama.gguf', 'big.gguf', 'split-00002-of-00002.gguf'];

describe('any file', () => {
  it('with changed bytes opens, with everything inside the file, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.record({ at: fc.nat(1500), value: fc.nat(255) }), { minLength: 1, maxLength: 6 }),
        async (name, changes) => {
          const bytes = goldenBytes(name);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          const opened = await openBytes({ name, bytes }).catch((error: unknown) => error);
          if (opened instanceof CheckpointError) return;
          const { storages, encoded = [] } = opened as Awaited<ReturnType<typeof openBytes>>;
          const addresses = new Set(encoded.map((each) => each.addresses));
          const ranges = storages.flatMap(({ segments }) => segments).filter((range) => !addresses.has(range));
          for (const { start, end } of [...ranges, ...encoded.flatMap(({ segments }) => segments)]) {
            expect(0 <= start && start <= end && end <= bytes.length).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('cut short is refused, or has lost only what pads its end', async () => {
    const whole = goldenBytes('types.gguf');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 33), async (length) => {
        expect(await failing(whole.slice(0, length))).toMatchObject({ code: 'malformed-file' });
      }),
    );
  });
});
