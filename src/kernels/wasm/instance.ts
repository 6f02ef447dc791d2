/** One instance of the WASM module: its typed exports, and views of its memory, which never grows. */

/** What assembly/index.ts exports; each function works on the elements that lie in the block. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly RESULTS: WebAssembly.Global<'i32'>;
  readonly TABLE: WebAssembly.Global<'i32'>;
  readonly BLOCK: WebAssembly.Global<'i32'>;
  readonly BLOCK_BYTES: WebAssembly.Global<'i32'>;
  readonly MATCHES: WebAssembly.Global<'i32'>;
  readonly SCORES: WebAssembly.Global<'i32'>;
  readonly STATES: WebAssembly.Global<'i32'>;
  readonly GONE: WebAssembly.Global<'i32'>;
  readonly SUMS: WebAssembly.Global<'i32'>;
  readonly SUM_COUNT: WebAssembly.Global<'i32'>;
  readonly NORMS: WebAssembly.Global<'i32'>;
  readonly NORM_COUNT: WebAssembly.Global<'i32'>;
  measureF32(count: number, shift: number): void;
  measureF64(count: number, shift: number): void;
  measureHalf(count: number): void;
  findBins(bins: number): void;
  collectF32(count: number, bin: number): number;
  collectF64(count: number, lowest: number, highest: number): number;
  countHalf(count: number, bits: number): void;
  applyF32(bytes: number, signed: boolean, threshold: number, infinity: number, ties: number): void;
  applyF64(bytes: number, signed: boolean, threshold: bigint, infinity: bigint, ties: number): void;
  applyHalf(bytes: number, signed: boolean, threshold: number, infinity: number, ties: number): void;
  stateF32(count: number, infinity: number): void;
  stateF64(count: number, infinity: bigint): void;
  stateHalf(count: number, infinity: number): void;
  eraseF32(count: number): void;
  eraseF64(count: number): void;
  eraseHalf(count: number): void;
  leave(count: number): void;
  chooseF32(count: number, signed: boolean, threshold: number, infinity: number, ties: number): void;
  chooseF64(count: number, signed: boolean, threshold: bigint, infinity: bigint, ties: number): void;
  chooseHalf(count: number, signed: boolean, threshold: number, infinity: number, ties: number): void;
  patternF32: Pattern<number>;
  patternF64: Pattern<bigint>;
  patternHalf: Pattern<number>;
  selectF32: Select<number>;
  selectF64: Select<bigint>;
  selectHalf: Select<number>;
  readonly TABLE_LENGTH: WebAssembly.Global<'i32'>;
  readonly TABLE_SPAN: WebAssembly.Global<'i32'>;
  readonly tiesLeft: WebAssembly.Global<'i64'>;
  beginPicture(infinity: bigint, threshold: bigint, signed: boolean, ties: bigint, kept: boolean): void;
  drawRunF32: DrawRun;
  drawRunF64: DrawRun;
  drawRunHalf: DrawRun;
  drawWholeF32: DrawWhole;
  drawWholeF64: DrawWhole;
  drawWholeHalf: DrawWhole;
  drawTableF32: DrawTable;
  drawTableF64: DrawTable;
  drawTableHalf: DrawTable;
  randomF64: Random;
  randomF32: Random;
  randomF16: Random;
  randomBF16: Random;
  productF64(count: number): void;
  productF32(count: number): void;
  productF16(count: number): void;
  productBF16(count: number): void;
  increaseF64(count: number): void;
  increaseF32(count: number): void;
  increaseF16(count: number): void;
  increaseBF16(count: number): void;
  normsF64(from: number, run: number, runs: number, kind: number): void;
  normsF32(from: number, run: number, runs: number, kind: number): void;
  normsF16(from: number, run: number, runs: number, kind: number): void;
  normsBF16(from: number, run: number, runs: number, kind: number): void;
  joinF64(from: number, count: number, group: number, kind: number): void;
  joinF32(from: number, count: number, group: number, kind: number): void;
  joinF16(from: number, count: number, group: number, kind: number): void;
  joinBF16(from: number, count: number, group: number, kind: number): void;
}

type DrawRun = (
  from: number,
  count: number,
  line: number,
  cell: number,
  edges: number,
  cells: number,
  step: number,
) => void;

type DrawWhole = (from: number, count: number, cell: number) => void;

type DrawTable = (from: number, count: number, into: number, tables: number, cells: number) => void;
type Random = (from: number, to: number, first: number, second: number, index: number) => void;

type Pattern<Bits> = (
  count: number,
  signed: boolean,
  infinity: Bits,
  m: number,
  rows: number,
  stride: number,
  going: number,
  removedFirst: boolean,
) => void;

type Select<Bits> = (
  count: number,
  signed: boolean,
  infinity: Bits,
  m: number,
  going: number,
  removedFirst: boolean,
) => void;

/** Places in `results`, as assembly/results.ts has them. */
export const result = {
  finite: 0,
  infinite: 1,
  negativeInfinite: 2,
  zeros: 3,
  negativeZeros: 4,
  shift: 5,
  sum: 6,
  squares: 7,
  min: 8,
  max: 9,
  pruned: 10,
  tiesUsed: 11,
  changed: 12,
  lowBin: 0,
  highBin: 1,
  beyond: 2,
  positive: 0,
  negative: 1,
} as const;

export class KernelInstance {
  readonly run: Exports;
  /** Figures that the last call left, by `result`. */
  readonly results: Float64Array;
  /** Counts by the top 16 bits of a value. */
  readonly table: Uint32Array;
  /** Where elements are copied to be worked on. */
  readonly block: Uint8Array;
  /** What the last refining call found, as f32 remainders or as doubles. */
  readonly matchedBits: Uint32Array;
  readonly matchedDoubles: Float64Array;
  /** Scores of the elements in the block, as large as the block. */
  readonly scores: Uint8Array;
  /** A byte an element: what may happen to it (assembly/masks.ts), and whether it was chosen. */
  readonly states: Uint8Array;
  readonly gone: Uint8Array;
  /** Norms of runs. */
  readonly sums: Float64Array;
  /** Norms of groups. */
  readonly norms: Float64Array;

  constructor(module: WebAssembly.Module) {
    const run = new WebAssembly.Instance(module).exports as unknown as Exports;
    const { buffer } = run.memory;
    const blockBytes = run.BLOCK_BYTES.value;
    this.run = run;
    this.results = new Float64Array(buffer, run.RESULTS.value, 16);
    this.table = new Uint32Array(buffer, run.TABLE.value, 0x10000);
    this.block = new Uint8Array(buffer, run.BLOCK.value, blockBytes);
    this.matchedBits = new Uint32Array(buffer, run.MATCHES.value, blockBytes / 4);
    this.matchedDoubles = new Float64Array(buffer, run.MATCHES.value, blockBytes / 8);
    this.scores = new Uint8Array(buffer, run.SCORES.value, blockBytes);
    this.states = new Uint8Array(buffer, run.STATES.value, blockBytes / 2);
    this.gone = new Uint8Array(buffer, run.GONE.value, blockBytes / 2);
    this.sums = new Float64Array(buffer, run.SUMS.value, run.SUM_COUNT.value);
    this.norms = new Float64Array(buffer, run.NORMS.value, run.NORM_COUNT.value);
  }

  /** Elements of such widths that fit in the block, and their scores beside it. */
  capacity(width: number, scoreWidth = width): number {
    return this.block.length / Math.max(width, scoreWidth);
  }

  /** Copies `bytes` into the block part by part and calls `work` with each part, a view of `bytes`. */
  forEachBlock(bytes: Uint8Array, work: (part: Uint8Array) => void): void {
    for (let start = 0; start < bytes.length; start += this.block.length) {
      const part = bytes.subarray(start, start + this.block.length);
      this.block.set(part);
      work(part);
    }
  }
}
