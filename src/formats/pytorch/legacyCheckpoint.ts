/**
 * PyTorch's format before 1.6, still written on request: pickles of a magic number, a protocol version, the system, the
 * object and the keys of its storages; then each storage, in that order, as its length and its bytes. No checksums.
 */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { firstPart, type Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import type { Storage } from '../../tensors/tensor';
import type { Checkpoint } from '../format';
import { readScattered } from '../zip/scatteredReads';
import { codeNotes } from './allowList';
import { withModuleEvidence } from './evidence/moduleEvidence';
import { plainHost, TorchHost } from './host';
import { listTensors } from './listing';
import type { PickleHost } from './pickle/machine';
import { PickleEndsEarly } from './pickle/reader';
import { type Unpickled, unpickle } from './pickle/unpickle';
import { type PyValue, whatIs } from './pickle/values';
import { assertHoldsModel } from './sideFiles';
import { readOnlyArrays, tensorNotes } from './tensorNotes';
import type { StorageValue } from './tensorValue';
import { findTensors } from './walk';

/** As PyTorch pickles it. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;
/** Before each storage: its number of elements. */
const lengthBytes = 8;

/** Pickles are read in windows that grow fourfold up to here; what is longer is no checkpoint's. */
const firstWindow = 2 ** 20;
const maxPickleBytes = 256 * 2 ** 20;

const bigEndian =
  'It says that a big-endian machine wrote it, and PyTorch has disagreed with itself about what that means: load it in PyTorch and save it again.';

/** @throws CheckpointError `malformed-file`, `unsupported-feature`; `unrecognised-file` for files that hold no model */
export async function openLegacy(source: ByteSource, parts: readonly Part[]): Promise<Checkpoint> {
  const fileName = firstPart(parts).name;
  const context: ErrorContext = { file: fileName, format: 'PyTorch legacy' };
  const pickles = new PickleSequence(source, context);
  const magic = await pickles.next('magic number', plainHost);
  if (magic.value !== magicNumber)
    throw malformed('The file does not begin with the magic number of torch.save.', context);
  const version = await pickles.next('protocol version', plainHost);
  if (version.value !== protocolVersion) {
    throw new CheckpointError(
      'unsupported-feature',
      `The file says version ${whatIs(version.value)} of the legacy format; there is only ${protocolVersion}.`,
      context,
    );
  }
  const system = await pickles.next('system information', plainHost);
  const littleEndian = system.value instanceof Map ? system.value.get('little_endian') : undefined;
  const host = new TorchHost();
  const object = await pickles.next('pickled object', host);
  const keys = keysIn((await pickles.next('list of storages', plainHost)).value, host.storages, context);

  const places = await placeStorages(source, keys, pickles.position, context);
  const found = findTensors(object.value, context).map(withModuleEvidence);
  assertHoldsModel(object.value, found, host.storages.size, fileName);
  const listing = listTensors(found, ({ key }) => ({ index: known(places.indices, key) }));
  const code = codeNotes(object.globals);
  return {
    format: 'PyTorch legacy',
    can: { stateDict: 'torch.save', script: 'torch.save', ...(code.length > 0 && { needsTrust: true }) },
    parts,
    ...listing,
    storages: places.storages,
    checksums: [],
    byteOrder: 'little',
    notes: [...code, ...tensorNotes(found)],
    ...(littleEndian === false ? { readOnly: bigEndian } : readOnlyArrays(found)),
  };
}

/** Pickles one behind the other, of which none says how long it is. */
class PickleSequence {
  position = 0;
  private readonly source: ByteSource;
  private readonly context: ErrorContext;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(source: ByteSource, context: ErrorContext) {
    this.source = source;
    this.context = context;
  }

  /** @param record what it holds, for errors */
  async next(record: string, host: PickleHost): Promise<Unpickled> {
    for (;;) {
      const bytes = this.window.subarray(this.position - this.windowStart);
      try {
        const unpickled = unpickle(bytes, this.position, host, { ...this.context, record });
        this.position += unpickled.length;
        return unpickled;
      } catch (error) {
        const whole = this.position + bytes.length === this.source.size || bytes.length >= maxPickleBytes;
        if (!(error instanceof PickleEndsEarly) || whole) throw error;
        await this.look(Math.max(firstWindow, bytes.length * 4));
      }
    }
  }

  /** Makes the window begin at the position. */
  private async look(length: number): Promise<void> {
    const left = this.source.size - this.position;
    this.window = await this.source.read(this.position, Math.min(length, maxPickleBytes, left));
    this.windowStart = this.position;
  }
}

/** The storages in the order of the file. */
function keysIn(
  value: PyValue,
  storages: ReadonlyMap<string, StorageValue>,
  context: ErrorContext,
): readonly StorageValue[] {
  if (!Array.isArray(value)) throw malformed(`The list of storages is ${whatIs(value)}, not a list.`, context);
  const listed = new Map<string, StorageValue>();
  for (const key of value) {
    const storage = typeof key === 'string' || typeof key === 'number' ? storages.get(String(key)) : undefined;
    if (!storage) throw malformed(`The list of storages names ${whatIs(key)}, which the pickle does not.`, context);
    if (listed.has(storage.key)) throw malformed(`The list of storages names ${storage.key} twice.`, context);
    listed.set(storage.key, storage);
  }
  for (const key of storages.keys()) {
    if (!listed.has(key)) throw malformed(`The list of storages lacks ${key}, which the pickle names.`, context);
  }
  return [...listed.values()];
}

/** @param start of the first storage's length */
async function placeStorages(
  source: ByteSource,
  keys: readonly StorageValue[],
  start: number,
  context: ErrorContext,
): Promise<{ storages: Storage[]; indices: Map<string, number> }> {
  const indices = new Map<string, number>();
  let next = start;
  const storages = keys.map((storage, i): Storage => {
    indices.set(storage.key, i);
    const segment = { start: next + lengthBytes, end: next + lengthBytes + storage.byteLength };
    if (segment.end > source.size) {
      throw malformed(
        `Storage ${storage.key} should be ${storage.byteLength} bytes from offset ${segment.start}, but the file ends at ${source.size}.`,
        {
          ...context,
          record: `storage ${storage.key}`,
          offset: segment.start,
          advice: 'The file is probably cut short: download or copy it again.',
        },
      );
    }
    next = segment.end;
    return { segments: [segment], byteLength: storage.byteLength };
  });
  const lengths = storages.map(({ segments }) => {
    const { start: end } = at(segments, 0);
    return { start: end - lengthBytes, end };
  });
  await readScattered(source, lengths, (i, bytes) => {
    const stored = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
    const { key, numel } = at(keys, i);
    if (stored === BigInt(numel)) return;
    throw malformed(`Storage ${key} says ${stored} elements, but the pickle gives it ${numel}.`, {
      ...context,
      record: `storage ${key}`,
      offset: at(lengths, i).start,
    });
  });
  return { storages, indices };
}
