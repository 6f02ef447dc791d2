/** Files that `secateur open` has beside the page: their token stands behind the `#` of the page's address. */
import { CheckpointError } from '../lib/errors';
import { namesInWords } from '../lib/fileNames';
import { known } from '../lib/known';
import { studio } from './store';

/** What one request asks for: enough for the way there and back to count for little, through a tunnel too. */
const piece = 16 * 2 ** 20;
/** Requests on their way. */
const mostAtOnce = 3;

interface Listed {
  readonly name: string;
  readonly size: number;
}

/** They are opened like files that were dropped. The address stays: a reload opens them again. */
export async function takeServed(): Promise<void> {
  const token = location.hash.slice('#open='.length);
  const { openFetched, showError } = studio.getState();
  try {
    const response = await asked('', token, {});
    const listed: Listed[] = await response.json();
    await openFetched(namesInWords(listed.map(({ name }) => name)), (signal, show) =>
      fetchAll(listed, token, signal, show),
    );
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    showError(error);
  }
}

/** In pieces, which the browser keeps on the disk where they are large: no file is ever in memory as a whole. */
async function fetchAll(
  listed: readonly Listed[],
  token: string,
  signal: AbortSignal,
  show: (done: number, total: number) => void,
): Promise<File[]> {
  const pieces = listed.flatMap(({ size }, file) =>
    Array.from({ length: Math.ceil(size / piece) }, (_, i) => ({
      file,
      start: i * piece,
      end: Math.min((i + 1) * piece, size),
    })),
  );
  const total = listed.reduce((sum, { size }) => sum + size, 0);
  const got = new Map<number, Blob>();
  const queue = pieces.entries();
  let done = 0;
  show(done, total);
  const fetchSome = async () => {
    for (const [index, { file, start, end }] of queue) {
      const response = await asked(`${file}`, token, { signal, headers: { Range: `bytes=${start}-${end - 1}` } });
      const blob = await response.blob();
      if (blob.size !== end - start) throw changed('The server sent something else than was asked for.');
      got.set(index, blob);
      done += blob.size;
      show(done, total);
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, fetchSome));
  return listed.map(({ name }, file) => {
    const its = pieces.flatMap((each, index) => (each.file === file ? [known(got, index)] : []));
    return new File(its, name);
  });
}

/** @throws CheckpointError `not-fetched`, `file-unreadable` */
async function asked(path: string, token: string, { headers, ...rest }: RequestInit): Promise<Response> {
  const response = await fetch(`files/${path}`, {
    ...rest,
    headers: { ...headers, Authorization: `Bearer ${token}` },
    cache: 'no-store',
  }).catch((cause: unknown) => {
    if (!(cause instanceof TypeError)) throw cause;
    const advice = 'Start `secateur open` again, and open the address that it prints.';
    throw new CheckpointError('not-fetched', 'What serves the files does not answer.', { advice }, { cause });
  });
  if (response.ok) return response;
  if (response.status === 409) throw changed('A file was changed since `secateur open` was started.');
  throw new CheckpointError('file-unreadable', 'No files are served at this address any more.', {
    advice: 'Open the address that `secateur open` printed last.',
  });
}

function changed(sentence: string): CheckpointError {
  return new CheckpointError('file-unreadable', sentence, { advice: 'Start it again.' });
}
