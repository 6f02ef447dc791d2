/**
 * Instances of the module whose memory is grown to hold the cells of a picture. Behind what the module itself needs lie
 * the tables (assembly/picture.ts), the edges of the rows or the columns as doubles, and the cells: two words each, row by
 * row, with one more at the end of each row and one more row for what lies outside the picture.
 */
import { KernelInstance } from './instance';

const pageBytes = 0x10000;
export const cellBytes = 8;

export class PictureMemory {
  readonly run: KernelInstance['run'];
  /** Where the tables lie. */
  readonly tables: number;
  readonly edges: number;
  /** Elements that are drawn, and a byte for each. */
  block!: Uint8Array;
  states!: Uint8Array;
  cells!: number;
  /** Bytes from one row of cells to the next. */
  pitch!: number;
  private readonly blockBytes: number;

  constructor(module: WebAssembly.Module) {
    const instance = new KernelInstance(module);
    this.run = instance.run;
    this.blockBytes = instance.block.length;
    this.tables = this.run.memory.buffer.byteLength;
    this.edges = this.tables + this.run.TABLE_LENGTH.value * 4 + this.run.TABLE_SPAN.value * 8;
  }

  /** Makes room for so many cells, with nothing in them. */
  prepare(rows: number, columns: number): void {
    const { run, edges, blockBytes } = this;
    this.cells = edges + 8 * (Math.max(rows, columns) + 1);
    this.pitch = (columns + 1) * cellBytes;
    const end = this.cells + (rows + 1) * this.pitch;
    const missing = end - run.memory.buffer.byteLength;
    if (missing > 0) run.memory.grow(Math.ceil(missing / pageBytes));
    const { buffer } = run.memory;
    this.block = new Uint8Array(buffer, run.BLOCK.value, blockBytes);
    this.states = new Uint8Array(buffer, run.STATES.value, blockBytes / 2);
    new Uint8Array(buffer, this.cells, end - this.cells).fill(0);
  }

  /** The first line of each cell of a side, and the end of the last one. */
  set edgesOfCells(edges: Float64Array) {
    new Float64Array(this.run.memory.buffer, this.edges, edges.length).set(edges);
  }

  /** Magnitude and count of each cell, in turn. */
  cellsOfRow(row: number): Uint32Array {
    return new Uint32Array(this.run.memory.buffer, this.cells + row * this.pitch, this.pitch / 4);
  }
}

/** Memories that wait for the next picture: while a threshold is dragged there is one in every frame. */
export class PictureMemories {
  private readonly module: WebAssembly.Module;
  private readonly free: PictureMemory[] = [];

  constructor(module: WebAssembly.Module) {
    this.module = module;
  }

  take(rows: number, columns: number): PictureMemory {
    const memory = this.free.pop() ?? new PictureMemory(this.module);
    memory.prepare(rows, columns);
    return memory;
  }

  giveBack(memory: PictureMemory): void {
    this.free.push(memory);
  }
}
