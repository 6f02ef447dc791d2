/** Whatever happened to a file: one clear error or a checkpoint, never anything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../../src/formats/format';
import { pytorchLegacy, pytorchZip } from '../../../../src/formats/pytorch';
import { CheckpointError } from '../../../../src/lib/errors';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { spanOf } from '../../../../src/tensors/layout';
import { oneFile } from '../../../support/oneFile';
import { goldenBytes } from './goldens';

const damaged = [
  'plain.pt',
  'nested.pt',
  'rezipped-stored.pt',
  'rezipped-deflated.pt',
  'views.pt',
  'quantised.pt',
  'no-storage.pt',
  'scripted.pt',
  'module-tied.pt',
  'legacy.pt',
  'legacy-protocol4.pt',
  'views-legacy.pt',
  '../objects/dill.pt',
  '../objects/cloudpickle-legacy.pt',
  '../objects/graph-module.pt',
  '../objects/dtensor.pt',
  '../objects/arrays-and-tensors.pt',
  '../objects/unknown-classes.pt',
];

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

async function open(name: string, bytes: Uint8Array): Promise<Checkpoint | CheckpointError> {
  const format = name.includes('legacy') ? pytorchLegacy : pytorchZip;
  format.sniff(bytes.subarray(0, 4096), bytes.length);
  try {
    return await format.open(...oneFile(frugal(bytes), name));
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
}

/** Every listed tensor lies inside its storage, and every storage and checksum inside the file. */
function assertInside(checkpoint: Checkpoint, size: number): void {
  for (const { segments } of checkpoint.storages) for (const { end } of segments) expect(end).toBeLessThanOrEqual(size);
  for (const { fields } of checkpoint.checksums)
    for (const field of fields) expect(field + 4).toBeLessThanOrEqual(size);
  for (const { storage, shape, strides } of checkpoint.tensors) {
    if (storage >= 0) expect(spanOf(shape, strides)).toBeLessThanOrEqual(2 * checkpoint.storages[storage]!.byteLength);
  }
}

describe.each(damaged)('%s', (name) => {
  const bytes = goldenBytes(name);

  it('with changed bytes opens or is refused', async () => {
    const change = fc.record({ at: fc.nat(bytes.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const copy = bytes.slice();
        for (const { at, value } of changes) copy[at] = value;
        const result = await open(name, copy);
        if (!(result instanceof CheckpointError)) assertInside(result, copy.length);
      }),
      { numRuns: 200 },
    );
  });

  it('cut short is refused as malformed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        const result = await open(name, bytes.slice(0, length));
        expect(result).toMatchObject({ code: 'malformed-file' });
      }),
      { numRuns: 100 },
    );
  });

  it('with a pickle of any bytes opens or is refused', async () => {
    // Behind the protocol of the object's pickle, wherever in the file it is.
    const start = name.includes('legacy') ? 21 : 200;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 60 }), async (at, noise) => {
        const copy = bytes.slice();
        copy.set(
          noise.subarray(0, copy.length - Math.min(start + at, copy.length - 1)),
          Math.min(start + at, copy.length - 1),
        );
        const result = await open(name, copy);
        if (!(result instanceof CheckpointError)) assertInside(result, copy.length);
      }),
      { numRuns: 200 },
    );
  });
});
