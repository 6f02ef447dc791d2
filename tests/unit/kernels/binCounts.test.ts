import { expect, it } from 'vitest';
import { BinCounts, BinTable } from '../../../src/kernels/wasm/binCounts';

/** What a kernel does: counts `elements` values of one bin in the table. */
function tally(table: Uint32Array, bins: BinTable, counts: BinCounts, bin: number, elements: number): void {
  bins.claim(counts, elements);
  table[bin]! += elements;
  counts.note(elements, elements, bin & 0x7fff, bin & 0x7fff);
}

it('counts go beyond 32 bits without wrapping', () => {
  const table = new Uint32Array(0x10000);
  const bins = new BinTable(table);
  const counts = new BinCounts(0x7f80);
  const block = 2 ** 30;
  for (let i = 0; i < 9; i++) tally(table, bins, counts, 100, block);
  tally(table, bins, counts, 0x8000 + 98, 7);
  bins.release(counts);
  expect(counts.histogram()).toEqual({
    firstBin: 98,
    positive: Float64Array.of(0, 0, 9 * block),
    negative: Float64Array.of(7, 0, 0),
  });
  expect(table.every((count) => count === 0)).toBe(true);
});

it('a table handed to another is clean, bins of NaN and infinity too', () => {
  const table = new Uint32Array(0x10000);
  const bins = new BinTable(table);
  const first = new BinCounts(0x7f80);
  const second = new BinCounts(0x7f80);
  tally(table, bins, first, 5, 3);
  for (const bin of [0x7f80, 0x7fc0, 0xff80, 0xffff]) table[bin] = 1;
  first.note(4, 0, 0xffff, -1);
  bins.claim(second, 1);
  expect(table.every((count) => count === 0)).toBe(true);
  expect(first.histogram()).toEqual({ firstBin: 5, positive: Uint32Array.of(3), negative: Uint32Array.of(0) });
});
