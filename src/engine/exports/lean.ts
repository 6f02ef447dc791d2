/** A checkpoint without what only training needs: one state dict, with fewer bits where that is wanted, as one file or as shards. */
import { wholeName } from '../../formats/shards/names';
import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { Part } from '../../lib/parts';
import { lastIndexWhere } from '../../lib/search';
import type { ByteSink, OpenSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { lengthOf, type Splice, writeSplice } from '../../lib/splice';
import type { StateDictFiles } from '../../tensors/capabilities';
import { bitsOf } from '../../tensors/dtype';
import { spanOf } from '../../tensors/layout';
import { type NarrowingLoss, narrowed, noLoss } from '../../tensors/narrowing';
import { contiguousStrides, numelOf, type TensorInfo } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { suffixed } from '../writing/fileName';
import type { WrittenFile } from '../writing/writeParts';
import { isNarrowed, type LeanChoice, type LeanEntry, leanExtensions, leanName, leanPlan } from './leanPlan';
import { assertWritable, type NewEntry, newCheckpoint } from './newCheckpoint';
import { isRowByRow, type Remade, writeRemade } from './remade';
import { type ExportSource, type Outcomes, prunedSource } from './source';

export interface LeanFiles<Closed> {
  readonly files: readonly WrittenFile<Closed>[];
  readonly tensors: number;
  /** Present where elements were narrowed. */
  readonly loss?: NarrowingLoss;
}

/** A file of the new checkpoint, and which entries go into it. */
interface NewFile {
  readonly name: string;
  readonly entries: readonly LeanEntry[];
}

/**
 * The recipe's outcomes are in it. Of shards each stays a file under its own name, with an index beside them.
 * @throws CheckpointError `unsupported-feature` where the file is no state dict, or cannot be written as such files;
 *   `read-only-file`; `file-unreadable`
 */
export async function exportLean<Closed>(
  exported: ExportSource,
  choice: LeanChoice,
  outcomes: Outcomes,
  open: OpenSink<Closed>,
  context: CallContext,
): Promise<LeanFiles<Closed>> {
  const { session } = exported;
  const { opened, measurable } = session;
  assertWritable(session);
  assertByteOrder(measurable.checkpoint.byteOrder, choice.files);
  await session.assertUnchanged();
  const { entries } = leanPlan(opened, choice);
  const pruned = outcomes.size === 0 ? exported.source : await prunedSource(exported, outcomes, context);
  const loss = noLoss();
  const places = new Map<string, string>();
  let bytes = 0;
  const files = new Files(open);
  try {
    for (const file of newFiles(exported, entries, choice)) {
      await files.write(file.name, await contentOf(exported, pruned, file, choice, outcomes, loss, context));
      for (const { key, tensor, dtype } of file.entries) {
        places.set(key, file.name);
        bytes += (numelOf(at(measurable.checkpoint.tensors, tensor).shape) * bitsOf(dtype)) / 8;
      }
    }
    if (opened.parts.length > 1) {
      const name = suffixed(wholeName(opened.fileName), '', `${leanExtensions[choice.files].shard}.index.json`);
      await files.write(name, [shardIndex(bytes, places)]);
    }
    return { files: await files.close(), tensors: entries.length, ...(loss.elements > 0 && { loss }) };
  } catch (error) {
    await files.abort();
    throw error;
  }
}

/** What is downloaded shares memory: all of it is written before any is closed. */
class Files<Closed> {
  private readonly open: OpenSink<Closed>;
  private readonly begun: { readonly name: string; readonly size: number; readonly sink: ByteSink<Closed> }[] = [];

  constructor(open: OpenSink<Closed>) {
    this.open = open;
  }

  async write(name: string, content: Splice): Promise<void> {
    const size = lengthOf(content);
    const sink = await this.open(name, size);
    this.begun.push({ name, size, sink });
    await writeSplice(sink, content);
    await sink.finish?.();
  }

  async close(): Promise<WrittenFile<Closed>[]> {
    const closed: WrittenFile<Closed>[] = [];
    for (const { name, size, sink } of this.begun) closed.push({ name, size, content: await sink.close() });
    return closed;
  }

  async abort(): Promise<void> {
    for (const { sink } of this.begun) await sink.abort();
  }
}

function assertByteOrder(byteOrder: 'little' | 'big', files: StateDictFiles): void {
  if (byteOrder === 'little' || files === 'torch.save') return;
  throw new CheckpointError('unsupported-feature', 'The file is big-endian, which safetensors files never are.', {
    advice: 'Choose PyTorch’s format.',
  });
}

function newFiles({ session }: ExportSource, entries: readonly LeanEntry[], { files }: LeanChoice): NewFile[] {
  const { opened, measurable } = session;
  const { parts, tensors, storages } = measurable.checkpoint;
  if (parts.length === 1) return [{ name: leanName(opened, files), entries }];
  const byPart = new Map<Part, LeanEntry[]>();
  for (const entry of entries) {
    const { start } = storages[at(tensors, entry.tensor).storage]?.segments[0] ?? { start: 0 };
    const part = at(
      parts,
      lastIndexWhere(parts, (each) => each.start <= start),
    );
    getOrInsert(byPart, part, () => []).push(entry);
  }
  const extension = opened.can.stateDict === files ? undefined : leanExtensions[files].shard;
  return parts.flatMap((part) => {
    const own = byPart.get(part);
    return own ? [{ name: suffixed(part.name, '', extension), entries: own }] : [];
  });
}

async function contentOf(
  exported: ExportSource,
  pruned: ByteSource,
  { entries }: NewFile,
  { precision, files }: LeanChoice,
  outcomes: Outcomes,
  loss: NarrowingLoss,
  context: CallContext,
) {
  const { session } = exported;
  const { tensors, byteOrder } = session.measurable.checkpoint;
  const wasteful = wastefulStorages(exported, entries);
  /** By what makes two of them alike: names for the same elements share them. */
  const remade = new Map<string, Remade>();
  const alike = entries.map(({ tensor: id, dtype }): string | undefined => {
    const tensor = at(tensors, id);
    const { storage, storageOffset, shape, strides } = tensor;
    const isSame = dtype === tensor.dtype && !wasteful.has(storage);
    if (isSame && (files === 'torch.save' || (isRowByRow(tensor) && storageOffset === 0))) return undefined;
    if (storage < 0) return undefined;
    const content = JSON.stringify([storage, storageOffset, shape, strides]);
    if (!remade.has(content)) remade.set(content, asItIs(tensor, precision, byteOrder === 'little', loss));
    return content;
  });
  const contents = await writeRemade(exported, pruned, remade, context);
  const made = entries.map(({ key, tensor }, i): NewEntry => {
    const content = alike[i];
    if (content === undefined) return { key, container: '', tensor };
    const strides = contiguousStrides(at(tensors, tensor).shape);
    return { key, container: '', tensor, view: { content: known(contents, content), offset: 0, strides } };
  });
  const changed = new Set([...outcomes.keys()].map((id) => at(tensors, id).storage));
  return newCheckpoint(session, pruned, made, (storage) => changed.has(storage), context, files);
}

function asItIs(
  tensor: TensorInfo,
  precision: LeanChoice['precision'],
  isLittle: boolean,
  loss: NarrowingLoss,
): Remade {
  const { dtype, shape } = tensor;
  if (!isNarrowed(dtype, precision) || !precision) return { tensor, dtype, shape, elements: (rows) => rows() };
  const times = bitsOf(dtype) / bitsOf(precision);
  return {
    tensor,
    dtype: precision,
    shape,
    async elements(rows) {
      const wide = await rows();
      return {
        size: wide.size / times,
        read: async (offset, length) =>
          narrowed(await wide.read(offset * times, length * times), dtype, precision, isLittle, loss),
      };
    },
  };
}

/** Those of which the entries need a part only: a view saves all that it looks into. */
function wastefulStorages({ session }: ExportSource, entries: readonly LeanEntry[]): ReadonlySet<number> {
  const { tensors, storages } = session.measurable.checkpoint;
  const needed = new Map<number, { start: number; end: number }[]>();
  for (const { tensor: id } of entries) {
    const tensor = at(tensors, id);
    if (tensor.storage < 0) continue;
    const width = bitsOf(tensor.dtype) / 8;
    const start = tensor.storageOffset * width;
    getOrInsert(needed, tensor.storage, () => []).push({
      start,
      end: start + spanOf(tensor.shape, tensor.strides) * width,
    });
  }
  const wasteful = new Set<number>();
  for (const [storage, ranges] of needed) {
    let covered = 0;
    let until = 0;
    for (const { start, end } of ranges.sort((a, b) => a.start - b.start)) {
      covered += Math.max(0, end - Math.max(start, until));
      until = Math.max(until, end);
    }
    if (covered < at(storages, storage).byteLength) wasteful.add(storage);
  }
  return wasteful;
}

/** As transformers writes it. @param bytes of all elements */
function shardIndex(bytes: number, places: ReadonlyMap<string, string>): Uint8Array<ArrayBuffer> {
  const map = [...places].map(([key, file]) => `    ${JSON.stringify(key)}: ${JSON.stringify(file)}`).join(',\n');
  const json = `{\n  "metadata": { "total_size": ${bytes} },\n  "weight_map": {\n${map}\n  }\n}\n`;
  return new TextEncoder().encode(json);
}
