/** What takes a source and the table of its parts, given one file: `openCheckpoint(...oneFile(source, name))`. */
import { type Part, wholeFile } from '../../src/lib/parts';
import type { ByteSource } from '../../src/lib/source';

export function oneFile(source: ByteSource, name: string): [ByteSource, Part[]] {
  return [source, wholeFile(source, name)];
}
