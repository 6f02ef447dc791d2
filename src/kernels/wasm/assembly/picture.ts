/**
 * Pictures: of the elements that lie in a cell the largest finite magnitude, and how many of them go. In an instance of
 * its own, whose memory is grown to hold the cells (wasm/picture.ts). A cell is two words: the bits of the magnitude (of
 * doubles as f32), and the count.
 */
import { BLOCK, STATES } from './layout';

/** Elements that tables tell the offsets of, and rows and columns that those may be. */
export const TABLE_LENGTH: u32 = 8192;
export const TABLE_SPAN: u32 = 16384;

/** Bits of infinity, in the width of the elements. */
let infinity: i64 = 0;
/** What goes: elements whose key is lower, and as many that are equal as there are ties. */
let threshold: i64 = 0;
/** All ones where keys have the sign of the element, 0 where they are magnitudes. */
let signs: i64 = 0;
/** Ties still to go. */
export let tiesLeft: i64 = 0;
/** Whether the states say what goes: bytes of 0, among those of 1. */
let hasKept: bool = false;

/** 16 bytes of ones before 16 of zeros: loaded from between, they leave the first lanes of a vector. */
const LANES: usize = memory.data<u64>([-1, -1, 0, 0], 16);

export function beginPicture(infinityBits: i64, thresholdKey: i64, isSigned: bool, ties: i64, kept: bool): void {
  infinity = infinityBits;
  threshold = thresholdKey;
  signs = isSigned ? -1 : 0;
  tiesLeft = ties;
  hasKept = kept;
}

/**
 * Draws elements side by side whose lines, rows or columns, ascend by one.
 * @param from element of the block
 * @param line of the first element
 * @param cell of the first element along the run
 * @param edges a double for each cell, its first line, and behind them the end
 * @param cells where the run's first cell would be if its number were 0
 * @param step bytes from one cell along the run to the next
 */
export function drawRunF32(from: u32, count: u32, line: f64, cell: u32, edges: usize, cells: usize, step: u32): void {
  drawRun<i32>(from, count, line, cell, edges, cells, step);
}

export function drawRunF64(from: u32, count: u32, line: f64, cell: u32, edges: usize, cells: usize, step: u32): void {
  drawRun<i64>(from, count, line, cell, edges, cells, step);
}

export function drawRunHalf(from: u32, count: u32, line: f64, cell: u32, edges: usize, cells: usize, step: u32): void {
  drawRun<i16>(from, count, line, cell, edges, cells, step);
}

function drawRun<T extends number>(
  from: u32,
  count: u32,
  line: f64,
  cell: u32,
  edges: usize,
  cells: usize,
  step: u32,
): void {
  let first = from;
  let left = count;
  let start = line;
  let edge = edges + (cell << 3);
  for (let target = cells + cell * step; left > 0; target += step) {
    edge += 8;
    const end = load<f64>(edge);
    const length = min<u32>(left, <u32>(end - start));
    drawWhole<T>(first, length, target);
    first += length;
    left -= length;
    start = end;
  }
}

/** Draws elements side by side into one cell. */
export function drawWholeF32(from: u32, count: u32, cell: usize): void {
  drawWhole<i32>(from, count, cell);
}

export function drawWholeF64(from: u32, count: u32, cell: usize): void {
  drawWhole<i64>(from, count, cell);
}

export function drawWholeHalf(from: u32, count: u32, cell: usize): void {
  drawWhole<i16>(from, count, cell);
}

function drawWhole<T extends number>(from: u32, count: u32, cell: usize): void {
  const start = BLOCK + from * sizeof<T>();
  const end = start + count * sizeof<T>();
  const vectorEnd = start + ((count * sizeof<T>()) & ~15);
  let most = v128.splat<T>(<T>0);
  let below: u32 = 0;
  let equal: u32 = 0;
  for (let at = start; at < end; at += 16) {
    const all = v128.load(at);
    const values = at < vectorEnd ? all : v128.and(all, v128.load(LANES + 16 - (end - at)));
    const magnitudes = v128.and(values, v128.splat<T>(magnitudeOf<T>()));
    let lanes = v128.lt<T>(magnitudes, v128.splat<T>(<T>infinity));
    most = greater<T>(most, v128.and(magnitudes, lanes));
    if (at >= vectorEnd) lanes = v128.and(lanes, v128.load(LANES + 16 - (end - at)));
    const negative = v128.and(v128.shr<T>(values, sizeof<T>() * 8 - 1), v128.splat<T>(<T>signs));
    const keys = v128.sub<T>(v128.xor(magnitudes, negative), negative);
    below += popcnt(v128.bitmask<T>(v128.and(lanes, v128.lt<T>(keys, v128.splat<T>(<T>threshold)))));
    equal += popcnt(v128.bitmask<T>(v128.and(lanes, v128.eq<T>(keys, v128.splat<T>(<T>threshold)))));
  }
  let gone = below + ties(equal);
  if (hasKept) gone += zerosIn(STATES + from, count);
  join<T>(cell, greatestLane<T>(most), gone);
}

/**
 * Draws elements of any place in the picture.
 * @param into the first element's place in the tables
 * @param tables by element, the row and the column that it is away from the first of the table, as u16; then bytes of
 *   the cells, first by such row, then by such column
 */
export function drawTableF32(from: u32, count: u32, into: u32, tables: usize, cells: usize): void {
  drawTable<i32>(from, count, into, tables, cells);
}

export function drawTableF64(from: u32, count: u32, into: u32, tables: usize, cells: usize): void {
  drawTable<i64>(from, count, into, tables, cells);
}

export function drawTableHalf(from: u32, count: u32, into: u32, tables: usize, cells: usize): void {
  drawTable<i16>(from, count, into, tables, cells);
}

function drawTable<T extends number>(from: u32, count: u32, into: u32, tables: usize, cells: usize): void {
  const down = tables + (into << 1);
  const across = down + (TABLE_LENGTH << 1);
  const rows = tables + (TABLE_LENGTH << 2);
  const columns = rows + (TABLE_SPAN << 2);
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(rows + ((<u32>load<u16>(down + (i << 1))) << 2));
    const column = load<u32>(columns + ((<u32>load<u16>(across + (i << 1))) << 2));
    const value = load<T>(BLOCK + (from + i) * sizeof<T>());
    const magnitude = value & magnitudeOf<T>();
    const negative = (value >> <T>(sizeof<T>() * 8 - 1)) & <T>signs;
    const key = (magnitude ^ negative) - negative;
    // Without branches, which no processor could foresee.
    const isFinite = u32(magnitude < <T>infinity);
    let gone = isFinite & u32(key < <T>threshold);
    if (key == <T>threshold) gone += ties(isFinite);
    if (hasKept) gone += 1 - load<u8>(STATES + from + i);
    join<T>(cells + row + column, magnitude & -(<T>isFinite), gone);
  }
}

/** Adds to a cell. */
function join<T extends number>(cell: usize, magnitude: T, gone: u32): void {
  const bits: u32 = sizeof<T>() == 8 ? reinterpret<u32>(<f32>reinterpret<f64>(<i64>magnitude)) : <u32>magnitude;
  store<u32>(cell, max<u32>(bits, load<u32>(cell)));
  store<u32>(cell, load<u32>(cell, 4) + gone, 4);
}

/** Takes as many of the ties as are left. */
function ties(equal: u32): u32 {
  const taken = min<i64>(equal, tiesLeft);
  tiesLeft -= taken;
  return <u32>taken;
}

/** How many of the bytes are 0, which are 0 or 1. */
function zerosIn(start: usize, count: u32): u32 {
  let kept: u32 = 0;
  const end = start + count;
  const vectorEnd = start + (count & ~15);
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const known = at < vectorEnd ? bytes : v128.and(bytes, v128.load(LANES + 16 - (end - at)));
    kept += popcnt(i8x16.bitmask(i8x16.neg(known)));
  }
  return count - kept;
}

function greater<T extends number>(a: v128, b: v128): v128 {
  if (sizeof<T>() == 8) return v128.bitselect(a, b, i64x2.gt_s(a, b));
  return sizeof<T>() == 4 ? i32x4.max_s(a, b) : i16x8.max_s(a, b);
}

function greatestLane<T extends number>(lanes: v128): T {
  let most = greater<T>(lanes, v128.shuffle<i64>(lanes, lanes, 1, 0));
  if (sizeof<T>() <= 4) most = greater<T>(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  if (sizeof<T>() == 2) most = greater<T>(most, v128.shuffle<i16>(most, most, 1, 0, 3, 2, 5, 4, 7, 6));
  return v128.extract_lane<T>(most, 0);
}

function magnitudeOf<T extends number>(): T {
  return <T>(u64.MAX_VALUE >> (65 - sizeof<T>() * 8));
}
