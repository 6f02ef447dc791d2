/** The index of a sharded checkpoint, as transformers, diffusers and accelerate write it: which file holds which tensor. */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { fileNameIn } from '../location';
import { JsonScanner } from '../safetensors/json';
import { openWeights } from '../wrongFiles/advice';

export interface ShardIndex {
  /** The file of each tensor, by name, without folders. */
  readonly places: ReadonlyMap<string, string>;
  /** The files, in the order of their first tensors. */
  readonly files: ReadonlySet<string>;
  /** What it calls files and is no place beside it. */
  readonly outside: ReadonlySet<string>;
}

/** Ten million names of some length; real ones have tens of thousands. */
const maxBytes = 128 * 2 ** 20;
const maxTensors = 1_000_000;
/** Of a text from a file. */
const maxShown = 100;

/**
 * @throws CheckpointError `malformed-file` where it is no JSON, maps nothing, or a tensor twice; `unsupported-feature` where
 *   it is larger than 128 MiB or maps more than a million
 */
export async function readIndex(source: ByteSource, fileName: string): Promise<ShardIndex> {
  const context: ErrorContext = { file: fileName, format: 'index of shards' };
  if (source.size > maxBytes)
    throw tooMuch(`is ${source.size} bytes long; Secateur reads at most ${maxBytes}`, context);
  const bytes = await source.read(0, source.size);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const json = new JsonScanner(hasMark ? bytes.subarray(3) : bytes, hasMark ? 3 : 0, context, 'index');
  const places = new Map<string, string>();
  const files = new Set<string>();
  const outside = new Set<string>();
  let isMapped = false;
  const map = (name: string, offset: number) => {
    const said = json.string('The name of a file');
    const where = { ...context, tensor: name.slice(0, maxShown), offset };
    if (places.has(name))
      throw malformed(`The index maps "${name.slice(0, maxShown)}" twice (offset ${offset}).`, where);
    if (places.size === maxTensors) throw tooMuch(`maps more than ${maxTensors} tensors`, where);
    const file = fileNameIn(said);
    if (file === undefined || file === fileName) outside.add(said.slice(0, maxShown));
    else files.add(file);
    places.set(name, file ?? '');
  };
  json.object('An object', (key, offset) => {
    if (key !== 'weight_map') return json.skipValue(1);
    if (isMapped) throw malformed(`The index has a weight_map twice (offset ${offset}).`, { ...context, offset });
    isMapped = true;
    json.object('The weight_map, an object,', map);
  });
  json.end();
  if (!isMapped) {
    const text = `${fileName} is a JSON file without a weight_map, which in the index of a sharded checkpoint says where each tensor is.`;
    throw new CheckpointError('unrecognised-file', text, { ...context, advice: openWeights });
  }
  if (places.size === 0) throw malformed('The index maps no tensor to a file.', context);
  return { places, files, outside };
}

function tooMuch(fault: string, context: ErrorContext): CheckpointError {
  return new CheckpointError('unsupported-feature', `The index ${fault}.`, context);
}
