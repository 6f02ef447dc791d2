/** PyTorch's zip format since 1.6 (torch.save), and TorchScript archives, which are the same container. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { later } from '../../lib/later';
import { firstPart, type Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Storage } from '../../tensors/tensor';
import type { Checkpoint, Checksum } from '../format';
import { codeNotes } from './allowList';
import { Archive, type UnpickledRecord } from './archive';
import { withModuleEvidence } from './evidence/moduleEvidence';
import { listTensors, type Placed } from './listing';
import { readArchive } from './readArchive';
import { readScriptEvidence, type ScriptEvidence } from './script/evidence';
import { assertHoldsModel } from './sideFiles';
import { readOnlyArrays, tensorNotes } from './tensorNotes';
import type { StorageValue } from './tensorValue';
import { type FoundTensor, findTensors } from './walk';

const exported = later(() => import('../exported'));

const compressed = 'compressed inside the zip archive, where it cannot be changed in place';
const compressedFile =
  'Its weights are compressed inside the zip archive, so they cannot be changed in place: load it in PyTorch and save it again with torch.save.';

/**
 * @throws CheckpointError `malformed-file`, `unsupported-feature`; `unrecognised-file` for other zip archives, and for
 *   files of torch.save that hold no model
 */
export async function openZip(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  const fileName = firstPart(parts).name;
  const context: ErrorContext = { file: fileName, format: 'PyTorch zip' };
  const archive = new Archive(source, await readArchive(source, context), context);
  if (archive.has('archive_format')) return (await exported()).openExported(parts, archive);
  archive.assertCheckpoint();
  const byteOrder = await archive.byteOrder();
  const data = await archive.unpickle('data.pkl', 'data/');
  // torch.load, too, tells a TorchScript archive by its constants.
  const constants = archive.has('constants.pkl') ? await archive.unpickle('constants.pkl', 'constants/') : undefined;

  const records = new RecordStorages(archive);
  records.assertSizes(data);
  if (constants) records.assertSizes(constants);
  const found = constants
    ? await scriptedTensors(data, constants, archive)
    : findTensors(data.value, context).map(withModuleEvidence);
  assertHoldsModel(data.value, found, data.storages.size, fileName);
  const { tensors, judged } = listTensors(found, (storage) => records.place(storage));
  const code = constants ? [] : codeNotes(data.globals);
  return {
    ...(constants
      ? { format: 'TorchScript', can: { script: 'TorchScript' } }
      : {
          format: 'PyTorch zip',
          can: { stateDict: 'torch.save', script: 'torch.save', ...(code.length > 0 && { needsTrust: true }) },
        }),
    parts,
    tensors,
    ...(!constants && { judged }),
    storages: records.storages,
    checksums: records.checksums,
    byteOrder,
    notes: constants ? [] : [...code, ...tensorNotes(found)],
    ...(records.anyCompressed ? { readOnly: compressedFile } : readOnlyArrays(found)),
  };
}

async function scriptedTensors(
  data: UnpickledRecord,
  constants: UnpickledRecord,
  archive: Archive,
): Promise<FoundTensor[]> {
  const evidence = await readScriptEvidence(archive);
  return [
    ...findTensors(data.value, archive.context).map((found) => evidence.declaring(found)),
    ...findTensors(constants.value, archive.context).map((found) => constantOf(found, evidence)),
  ];
}

/** A frozen model's weights have no names of their own; its code calls them `CONSTANTS.c0`, … */
function constantOf({ name, tensor }: FoundTensor, evidence: ScriptEvidence): FoundTensor {
  const declared = evidence.ofConstant(Number(name), tensor.shape);
  return { container: '', name: `CONSTANTS.c${name}`, tensor, ...(declared ? { declared } : {}) };
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
