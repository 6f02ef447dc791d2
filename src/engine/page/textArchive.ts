/** Several small text files as one zip. */
import { storedZip } from '../../formats/zip/write';
import { blobOf } from '../../lib/browser/blobOf';
import { crc32 } from '../../lib/crc32';

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

export function textArchive(files: readonly TextFile[]): Blob {
  const entries = files.map(({ name, text }) => {
    const bytes = new TextEncoder().encode(text);
    return { name, content: [bytes], crc: crc32(bytes) };
  });
  return blobOf(storedZip(entries));
}
