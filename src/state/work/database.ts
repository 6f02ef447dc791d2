/** The shelf in the browser's own database (IndexedDB). */
import { type KeptFile, type Shelf, withHandles, withWork } from './shelf';

const name = 'secateur-work';
/** Of the tables, not of what lies in them. */
const version = 1;

/** @throws DOMException where the browser keeps nothing (some private windows), or a newer Secateur has made the tables anew */
export async function openDatabase(): Promise<Shelf> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('files', { keyPath: 'hash' });
    opening.result.createObjectStore('works', { keyPath: 'id' });
  };
  const database = await settled(opening);
  // Another tab has a newer Secateur: it must not wait for this one.
  database.onversionchange = () => database.close();

  const within = async <Result>(
    mode: IDBTransactionMode,
    work: (files: IDBObjectStore, works: IDBObjectStore) => Promise<Result>,
  ): Promise<Result> => {
    const transaction = database.transaction(['files', 'works'], mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new DOMException('It was given up.', 'AbortError'));
    });
    // Whichever rejects first is said; the other is the same.
    done.catch(() => {});
    const result = await work(transaction.objectStore('files'), transaction.objectStore('works'));
    await done;
    return result;
  };

  const known = (files: IDBObjectStore, hash: string) =>
    settled<KeptFile | undefined>(files.get(hash) as IDBRequest<KeptFile | undefined>);

  return {
    files: () =>
      within('readonly', async (files) => {
        const all = await settled(files.getAll() as IDBRequest<KeptFile[]>);
        return all.sort((one, other) => other.at - one.at);
      }),
    file: (hash) => within('readonly', (files) => known(files, hash)),
    putFile: (file) =>
      within('readwrite', async (files) => {
        await settled(files.put(withHandles(file, await known(files, file.hash))));
      }),
    putWork: (file, summary, document) =>
      within('readwrite', async (files, works) => {
        const before = await known(files, file.hash);
        await Promise.all([
          settled(files.put(withWork(file, before, summary))),
          settled(works.put({ id: summary.id, document })),
        ]);
      }),
    work: (id) =>
      within('readonly', async (_, works) => {
        const found = await settled(works.get(id) as IDBRequest<{ document: unknown } | undefined>);
        return found?.document;
      }),
    forget: (hash, work) =>
      within('readwrite', async (files, works) => {
        const file = await known(files, hash);
        if (!file) return;
        const gone = file.works.filter(({ id }) => work === undefined || id === work);
        const left = file.works.filter((each) => !gone.includes(each));
        if (work === undefined) await settled(files.delete(hash));
        else await settled(files.put({ ...file, works: left }));
        for (const { id } of gone) await settled(works.delete(id));
      }),
  };
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
