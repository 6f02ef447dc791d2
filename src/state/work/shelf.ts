/** Where kept work lies: what is known of each file, and the work on it, each piece of work under an id of its own. */

/** What the start page says of a piece of work without reading it. */
export interface WorkSummary {
  readonly id: string;
  /** When it was written last, in milliseconds since 1970. */
  readonly at: number;
  /** What was done last, in words; '' where nothing was. */
  readonly what: string;
  /** Steps that can be undone. */
  readonly changes: number;
  readonly snapshots: number;
  /** Of the weights that are in, 0 to 1. */
  readonly sparsity: number;
}

/** A checkpoint that was open, and the work on it. */
export interface KeptFile {
  /** `fingerprintOf` it. */
  readonly hash: string;
  /** As it was called last. */
  readonly fileName: string;
  /** Of all its files, in bytes. */
  readonly size: number;
  readonly format: string;
  /** When it was opened last, or worked on. */
  readonly at: number;
  /** Its name among the samples, where it is one. */
  readonly sample: string | null;
  /** Of each of its files, where the browser gives handles of all. */
  readonly handles: readonly FileSystemFileHandle[];
  /** The newest first. */
  readonly works: readonly WorkSummary[];
}

/** What is kept of a file beside its work. */
export type OpenedFile = Omit<KeptFile, 'works'>;

/** Every call is one transaction, so two tabs never write over what the other has just read. All reject with what storage says. */
export interface Shelf {
  /** The newest first. */
  files(): Promise<readonly KeptFile[]>;
  file(hash: string): Promise<KeptFile | undefined>;
  /** Its work stays as it is; without new handles it keeps those that it had. */
  putFile(file: OpenedFile): Promise<void>;
  /** @param document plain data, for structured clone */
  putWork(file: OpenedFile, summary: WorkSummary, document: unknown): Promise<void>;
  /** Undefined where there is none such. */
  work(id: string): Promise<unknown>;
  /** A file with all its work, or one piece of work. */
  forget(hash: string, work?: string): Promise<void>;
}

/** Files that are remembered. */
export const mostFiles = 40;
/** Of one file. */
export const mostWorks = 10;

/** A file with one more piece of work, or a newer state of one. */
export function withWork(file: OpenedFile, before: KeptFile | undefined, summary: WorkSummary): KeptFile {
  const others = (before?.works ?? []).filter(({ id }) => id !== summary.id);
  return { ...withHandles(file, before), works: [summary, ...others] };
}

/** A file as it was opened now. */
export function withHandles(file: OpenedFile, before: KeptFile | undefined): KeptFile {
  const isKnown = before !== undefined && file.handles.length === 0 && file.fileName === before.fileName;
  return { ...file, handles: isKnown ? before.handles : file.handles, works: before?.works ?? [] };
}

/**
 * What has to go so that what is kept stays within bounds: the oldest.
 * @param kept the newest first @param inUse ids of work that some tab goes on with: never among them
 */
export function tooMany(
  kept: readonly KeptFile[],
  inUse: ReadonlySet<string>,
): readonly { readonly hash: string; readonly work?: string }[] {
  return kept.flatMap((file, place) => {
    const isOver = place >= mostFiles && !file.works.some(({ id }) => inUse.has(id));
    if (isOver) return [{ hash: file.hash }];
    return file.works
      .slice(mostWorks)
      .filter(({ id }) => !inUse.has(id))
      .map(({ id }) => ({ hash: file.hash, work: id }));
  });
}
