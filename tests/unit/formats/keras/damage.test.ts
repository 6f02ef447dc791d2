/** Whatever happened to an HDF5 file or a Keras archive: one clear error or a checkpoint that lies inside it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../../src/lib/errors';
import { goldenBytes, openBytes } from './files';

describe('any file', () => {
  it('with changed bytes opens, with everything inside the file, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('bf16.weights.h5', 'layouts.h5', 'latest.h5', 'net.h5', 'net.keras'),
        fc.array(fc.record({ at: fc.nat(60_000), value: fc.nat(255) }), { minLength: 1, maxLength: 12 }),
        async (name, changes) => {
          const bytes = goldenBytes(name);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          const opened = await openBytes(bytes, name).catch((error: unknown) => error);
          if (opened instanceof CheckpointError) return;
          const { storages } = opened as Awaited<ReturnType<typeof openBytes>>;
          for (const { segments } of storages) {
            for (const { start, end } of segments) expect(0 <= start && start <= end && end <= bytes.length).toBe(true);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('with a message that is shorter than its fields is refused', async () => {
    const bytes = goldenBytes('net.h5');
    bytes[29_706] = 44;
    bytes[8] = 0;
    expect(await openBytes(bytes, 'net.h5').catch((error: unknown) => error)).toMatchObject({ code: 'malformed-file' });
  });

  it('with a message of an object that is shorter than its kind is refused, or does without it', async () => {
    const whole = goldenBytes('net.h5');
    const messageTypes = new Set([1, 3, 5, 8, 12, 17]);
    const refused: unknown[] = [];
    for (let at = 0; at < 4096; at += 8) {
      if (whole[at + 1] !== 0 || !messageTypes.has(whole[at]!)) continue;
      const bytes = whole.slice();
      // A continuation of 8 bytes, which has an address and a length in it.
      bytes.set([0x10, 0, 8, 0], at);
      await openBytes(bytes, 'net.h5').catch((error: unknown) => refused.push(error));
    }
    for (const error of refused) expect(error).toBeInstanceOf(CheckpointError);
  });

  it('cut short is refused', async () => {
    const whole = goldenBytes('net.weights.h5');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: whole.length - 1 }), async (length) => {
        const opened = await openBytes(whole.slice(0, length)).catch((error: unknown) => error);
        expect(opened).toMatchObject({ code: 'malformed-file' });
      }),
      { numRuns: 50 },
    );
  });
});
