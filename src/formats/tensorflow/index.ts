/** TensorFlow's checkpoints (V2, since 2016): an index, and the tensors in one or more files beside it. */
import { countInWords } from '../../lib/countInWords';
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import { inOrderOfNames, namesInWords } from '../../lib/fileNames';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { formatQuantity } from '../../lib/numbers';
import { firstPart, type Part, sourceOfPart } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { bitsOf } from '../../tensors/dtype';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { Checkpoint, Checksum, Format, Note } from '../format';
import { judgementsOf } from '../judging';
import { uniqueNames } from '../names';
import { type Bundle, type BundleEntry, readBundle } from './bundle';
import { declaredOf } from './evidence';
import { dataName, dataNames, isDataOf } from './files';
import { graphKey, type Variable, variablesOf } from './objectGraph';
import { looksLikeTensorFlow } from './sniff';

const format = 'TensorFlow checkpoint';
/** An index has some hundred bytes a tensor. */
const mostIndexBytes = 512 * 2 ** 20;
/** Files of a checkpoint: TensorFlow writes one for each machine. */
const mostShards = 100_000;

const compressedIndex =
  'Its index is compressed (Snappy), and has the checksums of all weights in it, so that nothing can be changed in place: load it in TensorFlow and save it again.';

export const tensorflow: Format = {
  sniff: looksLikeTensorFlow,

  async beside(_source, fileName, names) {
    return names.filter((name) => isDataOf(fileName, name));
  },

  async open(source, parts) {
    const index = firstPart(parts);
    const context: ErrorContext = { file: index.name, format };
    const size = index.end - index.start;
    if (size > mostIndexBytes) {
      throw new CheckpointError('unsupported-feature', `Its index is ${size} bytes long.`, context);
    }
    const bundle = await readBundle(await source.read(index.start, size), context);
    if (!(bundle.shards >= 1 && bundle.shards <= mostShards)) {
      throw malformed(`Its index says that its tensors are in ${bundle.shards} files.`, context);
    }
    return checkpointOf(bundle, source, parts, context);
  },
};

/** A tensor, with what the objects in the checkpoint say of it. */
interface Named {
  readonly entry: BundleEntry;
  readonly name: string;
  /** Of its object. */
  readonly place: number;
  readonly isState: boolean;
}

/** What optimizers of TensorFlow 1 call what they keep of a variable, behind its name. */
const slot = /^(.+)\/(Adam(Weight|W)?(Optimizer)?(_1)?|adam_[mv]|Momentum|(RMSProp|Adadelta|Ftrl)(_1)?|Adagrad(DA)?)$/;

async function checkpointOf(
  bundle: Bundle,
  source: ByteSource,
  parts: readonly Part[],
  context: ErrorContext,
): Promise<Checkpoint> {
  const { name: indexName, start: indexStart } = firstPart(parts);
  const expected = dataNames(indexName, bundle.shards);
  const given = new Map(parts.map((part) => [part.name, part]));
  const missing = expected.filter((name) => !given.has(name));
  if (missing.length === expected.length) throw nothingBeside(indexName, missing);

  const partOf = ({ shard }: BundleEntry) => given.get(dataName(indexName, shard, bundle.shards));
  const graph = bundle.entries.find(({ key, dtype }) => key === graphKey && dtype === 'STRING');
  const graphPart = graph && partOf(graph);
  const variables = graphPart && (await variablesOf(sourceOfPart(source, graphPart), graph, context));
  const named = namedIn(
    bundle.entries.filter((entry) => entry !== graph && !entry.isSliced),
    variables,
  );
  const judgements = judgementsOf({
    tensors: named.map(({ entry: { dtype, shape }, isState, name }) => {
      const declared = declaredOf(name, shape);
      return {
        ...{ name, container: '', dtype, shape },
        ...(isState && { role: 'optimizer' as const }),
        ...(declared && { declared }),
      };
    }),
    convention: 'tensorflow',
  });
  const names = uniqueNames(named.map(({ name }) => ({ name, container: '' })));
  const storages: Storage[] = [];
  const checksums: Checksum[] = bundle.checksums.map(({ range, fields, ...checksum }) => ({
    ...checksum,
    range: { start: range.start + indexStart, end: range.end + indexStart },
    fields: fields.map((field) => field + indexStart),
  }));
  const tensors = named.map(({ entry, isState }, i): TensorInfo => {
    const { dtype, shape, size, crc, crcField } = entry;
    const part = partOf(entry);
    const place = part ? placed(entry, part, at(names, i), context) : undefined;
    const isPlain = place !== undefined && bitsOf(dtype) > 0;
    const storage = isPlain ? storages.push({ segments: [place], byteLength: size }) - 1 : -1;
    if (isPlain && size > 0 && crc !== undefined && crcField !== undefined) {
      const fields = [crcField + indexStart];
      checksums.push({ code: 'masked crc32c', range: place, stored: crc, fields });
    }
    const readOnly = part ? reasonOf(entry, isState) : `stored in ${nameOf(entry)}, which was not given`;
    return {
      ...{ name: at(names, i), container: '', dtype, shape, strides: contiguousStrides(shape), storage },
      ...{ storageOffset: 0, ...at(judgements, i) },
      ...(readOnly !== undefined && { readOnly }),
    };
  });
  const isCompressed = bundle.entries.some(({ crc, crcField }) => crc !== undefined && crcField === undefined);
  return {
    ...{ format, can: {}, parts, tensors, storages, checksums, byteOrder: bundle.byteOrder },
    notes: notesOn(bundle, missing),
    ...(isCompressed && { readOnly: compressedIndex }),
  };

  function nameOf({ shard }: BundleEntry): string {
    return dataName(indexName, shard, bundle.shards);
  }
}

/** By the program's names where each has one of its own, in the order of its objects; else by their keys. */
function namedIn(entries: readonly BundleEntry[], variables: Map<string, Variable> | undefined): Named[] {
  const keysOf = new Map<string, Set<string>>();
  for (const { key } of entries) {
    getOrInsert(keysOf, variables?.get(key)?.fullName ?? '', () => new Set<string>()).add(key);
  }
  const keys = new Set(entries.map(({ key }) => key));
  const all = entries.map((entry): Named => {
    const { key } = entry;
    const { fullName = '', isState, place = Number.MAX_SAFE_INTEGER } = variables?.get(key) ?? {};
    const isOwn = fullName !== '' && keysOf.get(fullName)?.size === 1;
    return {
      ...{ entry, place },
      name: isOwn ? fullName : key.replace(/\/\.ATTRIBUTES\/VARIABLE_VALUE$/, ''),
      isState: isState ?? keys.has(slot.exec(key)?.[1] ?? ''),
    };
  });
  return inOrderOfNames(all).sort((a, b) => a.place - b.place);
}

/** @throws CheckpointError `malformed-file` where it is not in its file, or not as long as its shape says */
function placed({ dtype, shape, offset, size }: BundleEntry, part: Part, name: string, context: ErrorContext) {
  const bits = bitsOf(dtype);
  const needed = (numelOf(shape) * bits) / 8;
  if (bits > 0 && needed !== size) {
    throw malformed(
      `The tensor "${name}" needs ${countInWords(needed)} bytes for [${shape.join(', ')}], but has ${size}.`,
      {
        ...context,
        tensor: name,
      },
    );
  }
  if (offset + size > part.end - part.start) {
    throw malformed(
      `The tensor "${name}" is at bytes ${offset} to ${offset + size} of ${part.name}, which has only ${part.end - part.start}.`,
      {
        ...{ ...context, file: part.name, tensor: name },
        advice: 'The files may be of different checkpoints, or one of them be cut short.',
      },
    );
  }
  return { start: part.start + offset, end: part.start + offset + size };
}

function reasonOf({ dtype, crc }: BundleEntry, isState: boolean): string | undefined {
  if (dtype === 'STRING') return 'strings: not floating point';
  if (dtype === 'OPAQUE') return 'of a type that Secateur does not know';
  if (isState) return 'optimizer state: never touched';
  return crc === undefined ? 'its index has no checksum for it, without which TensorFlow refuses it' : undefined;
}

function nothingBeside(indexName: string, missing: readonly string[]): CheckpointError {
  const are = missing.length === 1 ? 'is' : 'are';
  return new CheckpointError(
    'missing-file',
    `${indexName} is the index of a TensorFlow checkpoint: its weights are in ${namesInWords(missing)}, which ${are} missing.`,
    { file: indexName, advice: 'Drop the index and its data together, or the folder that they are in.' },
  );
}

function notesOn({ entries }: Bundle, missing: readonly string[]): Note[] {
  const notes: Note[] = [];
  if (missing.length > 0) {
    const are = missing.length === 1 ? 'is' : 'are';
    const text = `${namesInWords(missing)} ${are} missing: what is ranked over the whole model is ranked over what is here. Drop all files of the checkpoint together.`;
    notes.push({ severity: 'warning', text });
  }
  const sliced = entries.filter(({ isSliced }) => isSliced).length;
  if (sliced > 0) {
    const text = `TensorFlow keeps ${formatQuantity(sliced, 'variable')} in parts: each part is a tensor here.`;
    notes.push({ severity: 'info', text });
  }
  return notes;
}
