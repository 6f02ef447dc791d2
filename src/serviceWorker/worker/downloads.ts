/** Downloads of files that are still being written. */
import { type StreamedFile, streamedFile } from '../../lib/browser/fileStream';
import { downloads, type ToServiceWorker } from '../protocol';

interface Expected {
  readonly name: string;
  readonly file: Promise<StreamedFile | undefined>;
}

/** By id; each is asked for once. */
const expected = new Map<string, Expected>();

export function expectDownload({ id, name, port }: Extract<ToServiceWorker, { type: 'download' }>): void {
  expected.set(id, { name, file: streamedFile(port) });
}

/** @returns undefined for all other addresses */
export function downloadAt(address: string, scope: string): Promise<Response> | undefined {
  if (!address.startsWith(scope + downloads)) return undefined;
  const id = address.slice(scope.length + downloads.length);
  const download = expected.get(id);
  expected.delete(id);
  return download && answerWith(download);
}

async function answerWith({ name, file }: Expected): Promise<Response> {
  const streamed = await file;
  // The page that asked stays as it is.
  if (!streamed) return new Response(null, { status: 204 });
  return new Response(streamed.stream, {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(streamed.size),
      'Content-Disposition': `attachment; filename*=UTF-8''${encoded(name)}`,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
    },
  });
}

/** RFC 8187, which takes fewer characters as they are than addresses do. */
function encoded(name: string): string {
  const wellFormed = new TextDecoder().decode(new TextEncoder().encode(name));
  return encodeURIComponent(wellFormed).replace(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
}
