import { expect, it } from 'vitest';
import { BinCounts, BinTable, trimmed } from '../../../src/kernels/wasm/binCounts';
import { KernelInstance } from '../../../src/kernels/wasm/instance';
import { wasmModule } from '../../support/kernels';

/** An instance with its table, and what a kernel does: counts `elements` values of one bin in it. */
function counting() {
  const instance = new KernelInstance(wasmModule());
  const bins = new BinTable(instance);
  const tally = (counts: BinCounts, bin: number, elements: number) => {
    bins.claim(counts, elements);
    instance.table[bin]! += elements;
  };
  return { table: instance.table, bins, tally };
}

it('counts go beyond 32 bits without wrapping', () => {
  const { table, bins, tally } = counting();
  const counts = new BinCounts(0x7f80);
  const block = 2 ** 30;
  for (let i = 0; i < 9; i++) tally(counts, 100, block);
  tally(counts, 0x8000 + 98, 7);
  bins.release(counts);
  expect(trimmed(counts.histogram())).toEqual({
    firstBin: 98,
    positive: Float64Array.of(0, 0, 9 * block),
    negative: Float64Array.of(7, 0, 0),
  });
  expect(table.every((count) => count === 0)).toBe(true);
});

it('a table handed to another is clean, bins of NaN and infinity too', () => {
  const { table, bins, tally } = counting();
  const first = new BinCounts(0x7f80);
  tally(first, 5, 3);
  for (const bin of [0x7f80, 0x7fc0, 0xff80, 0xffff]) tally(first, bin, 1);
  bins.claim(new BinCounts(0x7f80), 1);
  expect(table.every((count) => count === 0)).toBe(true);
  expect(trimmed(first.histogram())).toEqual({
    firstBin: 5,
    positive: Uint32Array.of(3),
    negative: Uint32Array.of(0),
  });
  expect(first.beyond).toEqual({ all: 4, first: 2 });
});

it.each([0x7c00, 0x7f80, 0x7f81])('the first and the last of %i bins are kept, none beyond', (count) => {
  const { table, bins, tally } = counting();
  const counts = new BinCounts(count);
  for (const bin of [0, count - 1, 0x8000 + count - 1, count, 0x7fff, 0xffff]) tally(counts, bin, 1);
  bins.release(counts);
  const { firstBin, positive, negative } = counts.histogram();
  expect([firstBin, positive.length, negative.length]).toEqual([0, count, count]);
  expect([positive[0], positive[count - 1], negative[count - 1]]).toEqual([1, 1, 1]);
  expect(table.every((each) => each === 0)).toBe(true);
});
