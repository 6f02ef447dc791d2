/** The files that one byte source is made of, one behind the other. */

/** Bytes `[start, end)` of the source are those of one file. */
export interface Part {
  /** The file's own name, without folders. */
  readonly name: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}
