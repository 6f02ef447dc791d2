/** Whatever happened to a TensorFlow Lite model: one clear error or a checkpoint that lies inside it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../src/lib/errors';
import { goldenBytes, openBytes } from './files';

const names = ['int8.tflite', 'half.tflite', 'outside.tflite'];

describe('any file', () => {
  it('with changed bytes opens, with everything inside the file, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.array(fc.record({ at: fc.nat(25_000), value: fc.nat(255) }), { minLength: 1, maxLength: 8 }),
        async (name, changes) => {
          const bytes = goldenBytes(name);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          const opened = await openBytes(bytes).catch((error: unknown) => error);
          if (opened instanceof CheckpointError) return;
          const { storages, encoded = [] } = opened as Awaited<ReturnType<typeof openBytes>>;
          const addresses = new Set(encoded.map((each) => each.addresses));
          const ranges = storages.flatMap(({ segments }) => segments).filter((range) => !addresses.has(range));
          for (const { start, end } of [...ranges, ...encoded.flatMap(({ segments }) => segments)]) {
            expect(0 <= start && start <= end && end <= bytes.length).toBe(true);
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('cut short is refused, or has lost only what pads its end', async () => {
    const whole = goldenBytes('float.tflite');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1024), async (length) => {
        const opened = await openBytes(whole.slice(0, length)).catch((error: unknown) => error);
        expect(opened).toMatchObject({ code: 'malformed-file' });
      }),
    );
  });
});

describe('a buffer', () => {
  /** The place of the only 32-bit number of that value. */
  const placeOf = (bytes: Uint8Array, value: bigint): number => {
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 8 <= bytes.length; at++) if (view.getBigUint64(at, true) === value) return at;
    throw new Error(`${value} is nowhere`);
  };

  it('that is said to lie behind the end of the file is refused, and so is one within another', async () => {
    const { tensors, storages } = await openBytes(goldenBytes('outside.tflite'));
    const linear = tensors.find(({ shape }) => shape.join() === '16,256')!;
    const { start } = storages[linear.storage]!.segments[0]!;
    const bytes = goldenBytes('outside.tflite');
    const place = placeOf(bytes, BigInt(start));
    new DataView(bytes.buffer).setBigUint64(place, BigInt(bytes.length), true);
    await expect(openBytes(bytes)).rejects.toThrow(/A buffer ends at \d+, but the file has only/);
    new DataView(bytes.buffer).setBigUint64(place, BigInt(start - 64), true);
    await expect(openBytes(bytes)).rejects.toThrow(/lie within those of/);
  });
});
