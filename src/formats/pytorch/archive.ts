/** A zip archive as PyTorch sees it: records in one folder. */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { recogniseArchive } from '../wrongFiles/archives';
import { wrongFile } from '../wrongFiles/wrongFile';
import { readContent } from '../zip/content';
import type { ZipEntry } from '../zip/entry';
import { TorchHost } from './host';
import { type Unpickled, unpickle } from './pickle/unpickle';
import type { StorageValue } from './tensorValue';

export interface UnpickledRecord extends Unpickled {
  /** Storages that the pickle names, by record. */
  readonly storages: ReadonlyMap<string, StorageValue>;
}

export class Archive {
  readonly context: ErrorContext;
  private readonly source: ByteSource;
  private readonly entries: readonly ZipEntry[];
  private readonly folder: string;
  private readonly records = new Map<string, ZipEntry>();

  constructor(source: ByteSource, entries: readonly ZipEntry[], context: ErrorContext) {
    this.source = source;
    this.entries = entries;
    this.context = context;
    // As PyTorch finds it: the folder of the directory's first entry.
    const first = entries[0]?.name ?? '';
    this.folder = first.slice(0, first.indexOf('/') + 1);
    for (const entry of entries) {
      if (entry.name.startsWith(this.folder)) this.records.set(entry.name.slice(this.folder.length), entry);
    }
  }

  has(record: string): boolean {
    return this.records.has(record);
  }

  /** @throws CheckpointError `malformed-file` when it is missing */
  entry(record: string): ZipEntry {
    const entry = this.records.get(record);
    if (entry) return entry;
    const name = this.folder + record;
    throw malformed(`The archive should hold a record ${name}, but does not.`, { ...this.context, record: name });
  }

  recordNames(): string[] {
    return [...this.records.keys()];
  }

  /** A record of text. @throws CheckpointError as `entry` does, and when it does not inflate */
  async text(record: string): Promise<string> {
    return new TextDecoder().decode(await readContent(this.source, this.entry(record), this.context));
  }

  /** @throws CheckpointError for zip archives that torch.load would refuse */
  assertCheckpoint(): void {
    const { file = '' } = this.context;
    if (!this.has('data.pkl')) throw wrongFile(recogniseArchive(this.entries, file), file);
    if (!this.has('version') && !this.has('.data/version')) {
      throw malformed('The archive holds no version record, without which PyTorch refuses it.', this.context);
    }
  }

  /** Of all storages; files before PyTorch 2.1 do not say and are little-endian. */
  async byteOrder(): Promise<'little' | 'big'> {
    if (!this.has('byteorder')) return 'little';
    const entry = this.entry('byteorder');
    const text = await this.text('byteorder');
    if (text === 'little' || text === 'big') return text;
    throw malformed(`The byteorder record should say little or big, but says ${JSON.stringify(text.slice(0, 20))}.`, {
      ...this.context,
      record: entry.name,
    });
  }

  /** @param folder where the records of its storages are, with its slash */
  async unpickle(record: string, folder: string): Promise<UnpickledRecord> {
    const entry = this.entry(record);
    const bytes = await readContent(this.source, entry, this.context);
    // Offsets in errors count in the file where the pickle is stored, in the record where it is deflated.
    const baseOffset = entry.deflated ? 0 : entry.range.start;
    const host = new TorchHost(folder);
    const pickle = unpickle(bytes, baseOffset, host, { ...this.context, record: entry.name });
    return { ...pickle, storages: host.storages };
  }
}
