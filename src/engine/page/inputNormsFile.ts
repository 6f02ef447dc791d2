/**
 * Norms of inputs as a file beside a recipe: safetensors with one F32 tensor for each weight that is scored by them,
 * under the weight's name, as long as the weight has inputs. For each that is scored by moments the factors of its columns,
 * inputs × places of the kernel, under its name and `#obs`.
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
  /** 1 / √[H⁻¹]ⱼⱼ of each column, likewise. */
  readonly moments?: ReadonlyMap<string, ColumnFactors>;
  /** What the model was run on, in words; absent where the file does not say. */
  readonly inputs?: string;
}

export interface ColumnFactors {
  readonly factors: Float32Array;
  /** Places of the kernel: columns side by side that are of one input. */
  readonly taps: number;
}

/** Of names; that the factors have two dimensions tells them from norms of a tensor that is called so. */
const ofMoments = '#obs';

/** @param checkpoint name of the file that has the weights */
export function inputNormsFile({ norms, moments, inputs = '' }: InputNormsFile, checkpoint: string): Blob {
  const tensor = (name: string, shape: readonly number[], values: Float32Array) => {
    return { name, dtype: 'F32' as const, shape, content: [elementBytes('F32', values)] };
  };
  const ofNorms = [...norms].map(([name, each]) => tensor(name, [each.length], each));
  const ofColumns = [...(moments ?? [])].map(([name, { factors, taps }]) =>
    tensor(name + ofMoments, [factors.length / taps, taps], factors),
  );
  return blobOf(safetensorsFile([...ofNorms, ...ofColumns], { format, version, checkpoint, inputs }));
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
  const moments = new Map<string, ColumnFactors>();
  for (const { name, dtype, shape, storage } of tensors) {
    const isOfMoments = shape.length === 2 && name.endsWith(ofMoments);
    if (dtype !== 'F32' || !(shape.length === 1 || isOfMoments)) {
      const found = `${dtype} [${shape.join(', ')}]`;
      throw refuse(`Norms were expected to be a list of F32, but those of ${shortened(name)} are ${found}.`, {
        tensor: shortened(name),
      });
    }
    const { start, end } = at(at(storages, storage).segments, 0);
    const values = Float32Array.from(numbersOf('F32', bytes.subarray(start, end)));
    if (isOfMoments) moments.set(name.slice(0, -ofMoments.length), { factors: values, taps: at(shape, 1) });
    else norms.set(name, values);
  }
  const inputs = metadata.get('inputs');
  return { norms, ...(moments.size > 0 && { moments }), ...(inputs && { inputs: shortened(inputs) }) };
}

/** Fit for a sentence. */
function shortened(text: string): string {
  return text.length > maxTitle ? `${text.slice(0, maxTitle)}…` : text;
}
