/** State dicts written anew, in PyTorch's zip format or as safetensors, of tensors from the open file and new ones. */

import {
  type NewStateDict,
  type NewStorage,
  type NewTensor,
  torchCheckpoint,
} from '../../formats/pytorch/write/checkpoint';
import { readMetadata } from '../../formats/safetensors/metadata';
import { safetensorsFile } from '../../formats/safetensors/write';
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import { firstPart, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { lengthOf, type Splice } from '../../lib/splice';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import type { Storage, TensorId, TensorInfo } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Session } from '../session';
import { CrcProgress, crcOf } from './checksums';

/** Contents that no tensor of the file has: elements without gaps, in the file's byte order. */
export interface NewContent {
  readonly dtype: Dtype;
  readonly content: Splice;
}

/** A tensor of the new state dict: as the file has it, or a view of new elements. */
export interface NewEntry {
  readonly key: string;
  /** '' or where the state dict sits in the file. */
  readonly container: string;
  readonly tensor: TensorId;
  readonly view?: {
    readonly content: NewContent;
    readonly offset: number;
    readonly strides: readonly number[];
    /** Absent: the tensor's own. */
    readonly shape?: readonly number[];
  };
}

/** @throws CheckpointError `unsupported-feature` where no state dict can be written of it */
export function assertWritable({ opened }: Session): void {
  if (opened.can.stateDict) return;
  throw new CheckpointError(
    'unsupported-feature',
    `State dicts are written in PyTorch's format and as safetensors; this file is ${opened.format}.`,
    { advice: 'Export the masks, which are a file of their own.' },
  );
}

/**
 * @param source where the tensors are read: the open file, or the same with patches
 * @param isChanged whether patches may have changed a storage
 * @param files of which kind; absent: as the open file's
 * @throws CheckpointError `unsupported-feature` for tensors that are no plain ones
 */
export function newCheckpoint(
  session: Session,
  source: ByteSource,
  entries: readonly NewEntry[],
  isChanged: (storage: number) => boolean,
  context: CallContext,
  files = session.opened.can.stateDict,
): Promise<Splice> {
  const { tensors } = session.measurable.checkpoint;
  for (const { tensor } of entries) assertPlain(at(tensors, tensor));
  assertDifferent(entries);
  return files === 'safetensors'
    ? newSafetensors(session, source, entries)
    : newTorch(session, source, entries, isChanged, context);
}

function assertPlain({ name, storage, dtype, readOnly }: TensorInfo): void {
  if (storage >= 0 && bitsOf(dtype) > 0) return;
  throw new CheckpointError(
    'unsupported-feature',
    `${name} cannot be written into a new state dict: ${readOnly ?? 'its elements are of no fixed size'}.`,
    { tensor: name, advice: 'Export the masks, or the pruned file itself, which keeps such tensors as they are.' },
  );
}

/** `X_mask` may be there already without being a mask. */
function assertDifferent(entries: readonly NewEntry[]): void {
  const taken = new Set<string>();
  for (const { container, key } of entries) {
    const place = JSON.stringify([container, key]);
    if (taken.has(place)) {
      throw new CheckpointError('unsupported-feature', `The file already has another tensor named ${key}.`, {
        tensor: key,
        advice: 'Leave that layer out of the recipe, or export the masks.',
      });
    }
    taken.add(place);
  }
}

async function newSafetensors(
  { measurable, opened }: Session,
  source: ByteSource,
  entries: readonly NewEntry[],
): Promise<Splice> {
  const { checkpoint } = measurable;
  const contents = entries.map(({ key, tensor, view }) => {
    const { dtype, shape, storage } = at(checkpoint.tensors, tensor);
    const content = view?.content.content ?? contentOf(source, at(checkpoint.storages, storage));
    return { name: key, dtype: view?.content.dtype ?? dtype, shape: view?.shape ?? shape, content };
  });
  if (opened.can.stateDict !== 'safetensors') return safetensorsFile(contents, { format: 'pt' });
  // Of shards the first one's: an index has none.
  const { start = 0 } = checkpoint.storages[0]?.segments[0] ?? {};
  const part = checkpoint.parts.find((each) => each.start <= start && start < each.end) ?? firstPart(checkpoint.parts);
  return safetensorsFile(contents, await readMetadata(sourceOfPart(source, part)));
}

async function newTorch(
  { measurable }: Session,
  source: ByteSource,
  entries: readonly NewEntry[],
  isChanged: (storage: number) => boolean,
  context: CallContext,
): Promise<Splice> {
  const { checkpoint } = measurable;
  /** Places in the new file, by storage of the open one and by new content. */
  const places = new Map<number | NewContent, number>();
  const placeOf = (what: number | NewContent) => {
    const place = places.get(what) ?? places.size;
    places.set(what, place);
    return place;
  };
  const stateDict = new Map<string, NewTensor | Map<string, NewTensor>>();
  const dicts = new Set(entries.map(({ container }) => container));
  for (const { key, container, tensor, view } of entries) {
    const { dtype, shape, strides, storage, storageOffset } = at(checkpoint.tensors, tensor);
    const made: NewTensor = view
      ? {
          dtype: view.content.dtype,
          shape: view.shape ?? shape,
          strides: view.strides,
          storage: placeOf(view.content),
          offset: view.offset,
        }
      : { dtype, shape, strides, storage: placeOf(storage), offset: storageOffset };
    // One state dict stands for itself, several under their names.
    const dict = dicts.size === 1 || container === '' ? stateDict : dictNamed(stateDict, container);
    dict.set(key, made);
  }
  const storages: NewStorage[] = [];
  const progress = new CrcProgress(
    [...places.keys()].map((what) => sizeOf(what, checkpoint.storages)),
    context,
  );
  for (const what of places.keys()) {
    const isNew = typeof what !== 'number';
    const content = isNew ? what.content : contentOf(source, at(checkpoint.storages, what));
    const known = isNew || isChanged(what) ? undefined : storedCrc(what);
    storages.push({ content, crc: known ?? (await crcOf(content, progress)) });
  }
  return torchCheckpoint(stateDict as NewStateDict, storages, checkpoint.byteOrder);

  /** The archive's own checksum of a storage, where it has one. */
  function storedCrc(storage: number): number | undefined {
    const [segment, ...others] = at(checkpoint.storages, storage).segments;
    const checksum = checkpoint.checksums.find(
      ({ range }) => range.start === segment?.start && range.end === segment.end,
    );
    return others.length === 0 && checksum?.stored !== 0 ? checksum?.stored : undefined;
  }
}

function dictNamed(
  stateDict: Map<string, NewTensor | Map<string, NewTensor>>,
  container: string,
): Map<string, NewTensor> {
  const known = stateDict.get(container);
  if (known instanceof Map) return known;
  const made = new Map<string, NewTensor>();
  stateDict.set(container, made);
  return made;
}

function contentOf(source: ByteSource, { segments }: Storage): Splice {
  return segments.map(({ start, end }) => ({ source, start, end }));
}

function sizeOf(what: number | NewContent, storages: readonly Storage[]): number {
  return typeof what === 'number' ? at(storages, what).byteLength : lengthOf(what.content);
}
