import { describe, expect, it } from 'vitest';
import { prunableDtypes } from '../../../src/tensors/dtype';
import { keptByElements, maskElements } from '../../../src/tensors/maskElements';
import { bytesOf } from '../kernels/support';

const kept = new Uint8Array([1, 0, 0, 1, 1]);

describe.each(prunableDtypes)('masks of %s', (dtype) => {
  it('are ones and zeros of that dtype', () => {
    expect(maskElements(kept, dtype, 'little')).toEqual(new Uint8Array(bytesOf(dtype, [1, 0, 0, 1, 1])));
  });

  it('have every element reversed in a big-endian file', () => {
    const width = maskElements(kept, dtype, 'little').length / kept.length;
    const little = maskElements(kept, dtype, 'little');
    const big = maskElements(kept, dtype, 'big');
    for (let at = 0; at < little.length; at += width) {
      expect([...big.subarray(at, at + width)].reverse()).toEqual([...little.subarray(at, at + width)]);
    }
  });

  it('are read back, at any alignment and with zeros of either sign', () => {
    const elements = bytesOf(dtype, [1, 0, -0, 1, 1]);
    const shifted = new Uint8Array(elements.length + 1);
    shifted.set(elements, 1);
    expect(keptByElements(shifted.subarray(1), dtype)).toEqual(kept);
  });

  it.each([0.5, -1, 2, Number.NaN])('are not told from %d', (value) => {
    expect(keptByElements(new Uint8Array(bytesOf(dtype, [1, value])), dtype)).toBeUndefined();
  });
});
