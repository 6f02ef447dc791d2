/** Rows that tell what people drop by mistake: by its bytes, its text or, failing both, its name. */

export interface Recognition {
  /** What the file is, as the end of "This is …". */
  readonly what: string;
  /** What to do next: a sentence, and it leads somewhere. */
  readonly advice: string;
}

/** A file in a zip archive. */
export interface Entry {
  readonly name: string;
  /** In bytes, unpacked; 0 where it is not known. */
  readonly size: number;
}

/** The first bytes of a file, with what is known besides. */
export interface Evidence {
  readonly head: Uint8Array;
  /** `head` as Latin-1 text. */
  readonly text: string;
  readonly size: number;
  /** In lower case. */
  readonly fileName: string;
  /** Of a zip archive: the whole directory, or its first file where that cannot be read. Of any other file: none. */
  readonly entries: readonly Entry[];
}

export interface Row {
  readonly what: string;
  readonly advice: string | ((evidence: Evidence) => string);
  /** Bytes at an offset (0 unless said), as Latin-1. */
  readonly magic?: string | readonly string[];
  readonly at?: number;
  /** Endings of the file name. With `magic` or `test` both must hold. */
  readonly endings?: readonly string[];
  readonly test?: (evidence: Evidence) => boolean;
}

/** The first row that holds decides. */
export function firstOf(rows: readonly Row[], evidence: Evidence): Recognition | undefined {
  const row = rows.find((each) => holds(each, evidence));
  if (!row) return undefined;
  const { what, advice } = row;
  return { what, advice: typeof advice === 'string' ? advice : advice(evidence) };
}

function holds({ magic, at = 0, endings, test }: Row, evidence: Evidence): boolean {
  const magics = magic === undefined || typeof magic !== 'string' ? magic : [magic];
  if (magics && !magics.some((bytes) => evidence.text.startsWith(bytes, at))) return false;
  if (endings && !endings.some((ending) => evidence.fileName.endsWith(ending))) return false;
  return test === undefined || test(evidence);
}

/** Protocol 2 to 5; those before have no marker. */
export function isPickle({ text }: Evidence): boolean {
  const protocol = text.charCodeAt(1);
  return text.startsWith('\x80') && protocol >= 2 && protocol <= 5;
}
