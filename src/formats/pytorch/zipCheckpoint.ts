/** PyTorch's zip format since 1.6 (torch.save), and TorchScript archives, which are the same container. */
import { type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import type { Storage } from '../../tensors/tensor';
import type { Checkpoint, Checksum } from '../format';
import { readZip } from '../zip/directory';
import { codeNotes } from './allowList';
import { Archive, type UnpickledRecord } from './archive';
import { listTensors, type Placed } from './listing';
import type { StorageValue } from './tensorValue';
import { type FoundTensor, findTensors } from './walk';

const compressed = 'compressed inside the zip archive, where it cannot be changed in place';
const compressedFile =
  'Its weights are compressed inside the zip archive, so they cannot be changed in place: load it in PyTorch and save it again with torch.save.';

/** @throws CheckpointError `malformed-file`, `unsupported-feature`; `unrecognised-file` for other zip archives */
export async function openZip(source: ByteSource, fileName: string): Promise<Checkpoint> {
  const context: ErrorContext = { file: fileName, format: 'PyTorch zip' };
  const archive = new Archive(source, await readZip(source, context), context);
  archive.assertCheckpoint();
  const byteOrder = await archive.byteOrder();
  const data = await archive.unpickle('data.pkl', 'data/');
  // torch.load, too, tells a TorchScript archive by its constants.
  const constants = archive.has('constants.pkl') ? await archive.unpickle('constants.pkl', 'constants/') : undefined;

  const records = new RecordStorages(archive);
  records.assertSizes(data);
  if (constants) records.assertSizes(constants);
  const found = [...findTensors(data.value, context), ...(constants ? constantsOf(constants, context) : [])];
  const tensors = listTensors(found, (storage) => records.place(storage));
  return {
    format: constants ? 'TorchScript' : 'PyTorch zip',
    tensors,
    storages: records.storages,
    checksums: records.checksums,
    byteOrder,
    notes: constants ? [] : codeNotes(data.globals),
    ...(records.anyCompressed ? { readOnly: compressedFile } : {}),
  };
}

/** A frozen model's weights have no names of their own; its code calls them `CONSTANTS.c0`, … */
function constantsOf({ value }: UnpickledRecord, context: ErrorContext): FoundTensor[] {
  return findTensors(value, context).map(({ name, tensor }) => ({ container: '', name: `CONSTANTS.c${name}`, tensor }));
}

/** Records as storages: each once, with its checksum. */
class RecordStorages {
  readonly storages: Storage[] = [];
  readonly checksums: Checksum[] = [];
  anyCompressed = false;
  private readonly archive: Archive;
  private readonly placed = new Map<string, Placed>();

  constructor(archive: Archive) {
    this.archive = archive;
  }

  /** PyTorch, too, refuses records longer or shorter than their storages (since 2.10). */
  assertSizes({ storages }: UnpickledRecord): void {
    for (const { key, byteLength, numel } of storages.values()) {
      const entry = this.archive.entry(key);
      if (entry.size === byteLength) continue;
      throw malformed(
        `The record ${entry.name} is ${entry.size} bytes long, but the pickle gives its storage ${numel} elements in ${byteLength} bytes.`,
        { ...this.archive.context, record: entry.name, offset: entry.range.start },
      );
    }
  }

  place({ key }: StorageValue): Placed {
    const known = this.placed.get(key);
    if (known) return known;
    const made = this.placeRecord(key);
    this.placed.set(key, made);
    return made;
  }

  private placeRecord(key: string): Placed {
    const { deflated, range, size, crc, crcFields } = this.archive.entry(key);
    if (deflated) {
      this.anyCompressed = true;
      return { readOnly: compressed };
    }
    if (size > 0) this.checksums.push({ range, stored: crc, fields: crcFields });
    return { index: this.storages.push({ segments: [range], byteLength: size }) - 1 };
  }
}
