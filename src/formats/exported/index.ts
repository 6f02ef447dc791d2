/**
 * Programs that torch.export saves (.pt2, since PyTorch 2.8): a zip archive of PyTorch's with a record for each storage, what is in
 * them as JSON, and the graph, which tells what each weight is for.
 */
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { firstPart, type Part } from '../../lib/parts';
import { bitsOf } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { spanOf } from '../../tensors/layout';
import type { Storage, TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Checksum } from '../format';
import { judgementsOf } from '../judging';
import { uniqueNames } from '../names';
import type { Archive } from '../pytorch/archive';
import { declarationsIn } from './program';
import { type SavedTensor, tensorsIn } from './weights';

const configs = /^(data\/(weights|constants)\/)(.+)_(weights|constants)_config\.json$/;

interface Found extends SavedTensor {
  /** With its slash. */
  readonly folder: string;
  readonly container: string;
  readonly declared: Declared | undefined;
}

/**
 * @param archive one that has an `archive_format`
 * @throws CheckpointError `malformed-file`, `unsupported-feature`
 */
export async function openExported(parts: readonly Part[], archive: Archive): Promise<Checkpoint> {
  const context: ErrorContext = { file: firstPart(parts).name, format: 'PyTorch export' };
  const found = await tensorsOf(archive, context);
  const places = new Records(archive);
  const judgements = judgementsOf({
    tensors: found.map(({ name, container, dtype, shape, isParameter, declared }) => ({
      ...{ name, container, dtype, shape },
      ...(declared ? { declared } : !isParameter && { role: 'buffer' as const }),
    })),
  });
  const names = uniqueNames(found);
  const tensors = found.map((tensor, i): TensorInfo => {
    const { container, dtype, shape, strides, offset, isPickled, isStrided } = tensor;
    const reason = reasonOf(tensor);
    const storage = isPickled || !isStrided ? -1 : places.of(tensor, context);
    return {
      ...{ name: at(names, i), container, dtype, shape, strides, storage, storageOffset: offset },
      ...at(judgements, i),
      ...(reason !== undefined && { readOnly: reason }),
    };
  });
  return {
    ...{ format: 'PyTorch export', can: {}, parts, tensors },
    ...{ storages: places.storages, checksums: places.checksums, byteOrder: await archive.byteOrder(), notes: [] },
    ...(places.isCompressed && { readOnly: compressed }),
  };
}

const compressed =
  'Its weights are compressed inside the zip archive, so they cannot be changed in place: load it in PyTorch and save it again with torch.export.save.';

function reasonOf({ isPickled, isStrided, dtype }: SavedTensor): string | undefined {
  if (isPickled) return 'a tensor subclass, kept as a file of torch.save within the archive';
  if (!isStrided) return 'sparse, or of another layout that Secateur does not patch';
  return dtype === 'OPAQUE' ? 'of a type that Secateur does not know' : undefined;
}

/** Of all programs in the archive; one alone has no container. */
async function tensorsOf(archive: Archive, context: ErrorContext): Promise<Found[]> {
  const records = archive.recordNames();
  const models = records.flatMap((record) => /^models\/(.+)\.json$/.exec(record)?.[1] ?? []);
  if (models.length === 0) {
    throw new CheckpointError(
      'unsupported-feature',
      'This is a compiled program (AOTInductor), whose weights are within its code or beside it.',
      { ...context, advice: 'Open the program that torch.export.save wrote of the same model, or its state_dict.' },
    );
  }
  const found: Found[] = [];
  for (const model of models) {
    const container = models.length === 1 ? '' : model;
    const declared = declarationsIn(await jsonIn(archive, `models/${model}.json`, context));
    for (const record of records) {
      const [, folder, , owner] = configs.exec(record) ?? [];
      if (folder === undefined || owner !== model) continue;
      for (const tensor of tensorsIn(await jsonIn(archive, record, context), { ...context, record })) {
        found.push({ ...tensor, folder, container, declared: declared.get(tensor.name) });
      }
    }
  }
  return alikeWhereTied(found);
}

/** The graph uses a tied tensor under one of its names. */
function alikeWhereTied(found: readonly Found[]): Found[] {
  const keyOf = ({ folder, record, offset, shape }: Found) => `${folder}${record} ${offset} ${shape.join()}`;
  const declared = new Map(found.flatMap((each) => (each.declared ? [[keyOf(each), each.declared]] : [])));
  return found.map((each) => ({ ...each, declared: each.declared ?? declared.get(keyOf(each)) }));
}

async function jsonIn(archive: Archive, record: string, context: ErrorContext): Promise<unknown> {
  try {
    return JSON.parse(await archive.text(record));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw malformed(`${record} is no JSON.`, { ...context, record });
  }
}

/** Records as storages: each once, with its checksum. */
class Records {
  readonly storages: Storage[] = [];
  readonly checksums: Checksum[] = [];
  isCompressed = false;
  private readonly archive: Archive;
  private readonly known = new Map<string, number>();

  constructor(archive: Archive) {
    this.archive = archive;
  }

  /** @throws CheckpointError `malformed-file` where the tensor reaches beyond its record */
  of({ folder, record, name, dtype, shape, strides, offset }: Found, context: ErrorContext): number {
    const { deflated, size, range, crc, crcFields } = this.archive.entry(folder + record);
    const span = spanOf(shape, strides);
    const needed = span === 0 ? 0 : ((offset + span) * bitsOf(dtype)) / 8;
    if (!(Number.isSafeInteger(span) && needed <= size)) {
      const message = `The tensor "${name}" needs ${countInWords(needed)} bytes, but its record ${record} has ${size}.`;
      throw malformed(message, { ...context, tensor: name, record });
    }
    this.isCompressed ||= deflated;
    if (deflated || dtype === 'OPAQUE') return -1;
    return getOrInsert(this.known, folder + record, () => {
      if (size > 0) this.checksums.push({ range, stored: crc, fields: crcFields });
      return this.storages.push({ segments: [range], byteLength: size }) - 1;
    });
  }
}
