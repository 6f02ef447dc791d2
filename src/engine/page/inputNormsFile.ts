/**
 * Norms of inputs as a file beside a recipe: safetensors with one F32 tensor for each weight that is scored by them,
 * under the weight's name, as long as the weight has inputs.
 */

import { safetensors } from '../../formats/safetensors';
import { readMetadata } from '../../formats/safetensors/metadata';
import { safetensorsFile } from '../../formats/safetensors/write';
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import { at } from '../../lib/known';
import { partsOf } from '../../lib/parts';
import { memorySource } from '../../lib/source';
import { elementBytes } from '../../tensors/elements';
import { numbersOf } from '../../tensors/numbers';
import { format } from './inputNormsHead';

/** `version` in `__metadata__`. */
const version = '1';
/** Several times the norms of the largest dense language models; all of it is held in memory. */
const maxBytes = 256 * 2 ** 20;
/** Of a title that comes from a file. */
const maxTitle = 200;

export interface InputNormsFile {
  /** ‖x‖ of each input, by name of the weight. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** What the model was run on, in words; absent where the file does not say. */
  readonly inputs?: string;
}

/** @param checkpoint name of the file that has the weights */
export function inputNormsFile({ norms, inputs = '' }: InputNormsFile, checkpoint: string): Blob {
  const tensors = [...norms].map(([name, ofInputs]) => {
    const content = [elementBytes('F32', ofInputs)];
    return { name, dtype: 'F32' as const, shape: [ofInputs.length], content };
  });
  return blobOf(safetensorsFile(tensors, { format, version, checkpoint, inputs }));
}

/**
 * Checks everything but what only the checkpoint knows: whether it has such weights, and how many inputs they have.
 * @throws CheckpointError `malformed-file`, `unsupported-feature`, `file-unreadable`
 */
export async function readInputNorms(file: File): Promise<InputNormsFile> {
  const context: ErrorContext = { file: file.name, format: 'norms of inputs' };
  const refuse = (message: string, more: ErrorContext = {}) =>
    new CheckpointError('unsupported-feature', message, { ...context, ...more });
  if (file.size > maxBytes) throw refuse(`It is larger than the ${maxBytes / 2 ** 20} MiB that norms may take.`);
  const bytes = await blobSource(file).read(0, file.size);
  const source = memorySource(bytes);
  const { tensors, storages } = await safetensors.open(source, partsOf([file]));
  const metadata = new Map(Object.entries((await readMetadata(source)) ?? {}));
  if (metadata.get('format') !== format) throw refuse(`Its metadata does not say that it is "${format}".`);
  if (metadata.get('version') !== version) {
    throw refuse(
      `Its metadata says version ${shortened(metadata.get('version') ?? 'nothing')}, and ${version} is read.`,
    );
  }
  const norms = new Map<string, Float32Array>();
  for (const { name, dtype, shape, storage } of tensors) {
    if (dtype !== 'F32' || shape.length !== 1) {
      const found = `${dtype} [${shape.join(', ')}]`;
      throw refuse(`Norms were expected to be a list of F32, but those of ${shortened(name)} are ${found}.`, {
        tensor: shortened(name),
      });
    }
    const { start, end } = at(at(storages, storage).segments, 0);
    norms.set(name, Float32Array.from(numbersOf('F32', bytes.subarray(start, end))));
  }
  const inputs = metadata.get('inputs');
  return { norms, ...(inputs && { inputs: shortened(inputs) }) };
}

/** Fit for a sentence. */
function shortened(text: string): string {
  return text.length > maxTitle ? `${text.slice(0, maxTitle)}…` : text;
}
