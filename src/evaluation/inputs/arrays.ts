/** Inputs from array files: `.npy`, `.npz`, and ONNX test data. */
import { CheckpointError } from '../../lib/errors';
import { at, known } from '../../lib/known';
import type { GraphValue } from '../protocol';
import { isNumeric, type NamedValues, toIntegers, type Values } from '../values';
import { type Batch, batchesOf, type Dataset, fitToInput } from './dataset';
import { isNpy, parseNpy } from './npy';
import { readNpz } from './npz';
import { parseTensorFile } from './tensorFile';

/** What labelled sets call their labels. */
const labelNames = ['y', 'label', 'labels', 'target', 'targets', 'y_test'];
/** What they call the samples of a model with one input. */
const sampleNames = ['x', 'images', 'inputs', 'data', 'x_test'];
/** Integers of one sequence each are tokens, where the graph has nothing else to take. */
const tokenDtypes: ReadonlySet<string> = new Set(['I64', 'I32']);

/** @throws CheckpointError `evaluation-failed` where an input is missing or does not fit; whatever the readers throw */
export async function arrayInputs(inputs: readonly GraphValue[], files: readonly File[]): Promise<Dataset> {
  const remarks: string[] = [];
  const arrays = await readArrays(files);
  const labels = takeLabels(arrays, inputs);
  const given = new Map<string, Values>();
  for (const [position, input] of inputs.entries()) {
    const [name, values] = arrayFor(input, position, inputs, arrays);
    given.set(input.name, fitToInput(values, input, name, remarks));
  }
  const { samples, batches } = batchesOf(inputs, given, labels);
  if (labels && labels.length !== samples) {
    throw new CheckpointError('evaluation-failed', `There are ${labels.length} labels for ${samples} samples.`);
  }
  return {
    title: `${samples} ${samples === 1 ? 'sample' : 'samples'} from ${titleOf(files)}`,
    samples,
    batches: labels ? batches : batches.map((batch) => withTokens(batch, inputs)),
    labelled: labels !== undefined,
    remarks,
  };
}

function titleOf(files: readonly File[]): string {
  return files.length === 1 ? at(files, 0).name : `${files.length} files`;
}

/** By the name of the array, or of the file where that is all there is. */
async function readArrays(files: readonly File[]): Promise<Map<string, Values>> {
  const arrays = new Map<string, Values>();
  for (const file of files) {
    const stem = file.name.replace(/\.[^.]+$/, '');
    const head = new Uint8Array(await file.slice(0, 6).arrayBuffer());
    if (isNpy(head)) {
      arrays.set(stem, parseNpy(new Uint8Array(await file.arrayBuffer()), file.name));
    } else if (head[0] === 0x50 && head[1] === 0x4b) {
      for (const [name, values] of await readNpz(file, file.name)) arrays.set(name, values);
    } else if (/\.pb$/i.test(file.name)) {
      // Beside the inputs lie the outputs that are expected: the unpruned model's own take their place.
      if (/^output/i.test(file.name)) continue;
      const { name, values } = await parseTensorFile(new Uint8Array(await file.arrayBuffer()), file.name);
      arrays.set(name || stem, values);
    } else {
      throw new CheckpointError('unsupported-feature', `${file.name} is none of .npy, .npz and ONNX test data (.pb).`, {
        file: file.name,
        advice: 'Save the inputs with numpy.save or numpy.savez.',
      });
    }
  }
  return arrays;
}

function takeLabels(arrays: Map<string, Values>, inputs: readonly GraphValue[]): Int32Array | undefined {
  const name = labelNames.find((each) => arrays.has(each) && !inputs.some((input) => input.name === each));
  if (name === undefined) return undefined;
  const values = known(arrays, name);
  arrays.delete(name);
  if (!isNumeric(values.dtype) || values.shape.filter((size) => size !== 1).length > 1) {
    throw new CheckpointError('evaluation-failed', `The labels ${name} should be one class number a sample.`);
  }
  return toIntegers(values);
}

/** By name; by the usual name of samples; else in order, as ONNX test data are numbered. */
function arrayFor(
  input: GraphValue,
  position: number,
  inputs: readonly GraphValue[],
  arrays: NamedValues,
): [string, Values] {
  const named = arrays.get(input.name);
  if (named) return [input.name, named];
  if (inputs.length === 1) {
    const name = sampleNames.find((each) => arrays.has(each)) ?? arrays.keys().next().value;
    if (name !== undefined) return [name, known(arrays, name)];
  }
  const numbered = [...arrays].find(([name]) => new RegExp(`(^|\\D)${position}$`).test(name));
  if (numbered) return numbered;
  throw new CheckpointError(
    'evaluation-failed',
    `The model's input ${input.name} is missing: the files hold ${[...arrays.keys()].join(', ') || 'no inputs'}.`,
    { advice: `Name the array ${input.name}.` },
  );
}

function withTokens(batch: Batch, inputs: readonly GraphValue[]): Batch {
  const ids = inputs.find(({ name, dtype }) => tokenDtypes.has(dtype) && !/mask|position|type/i.test(name));
  const values = ids && batch.feeds.get(ids.name);
  return values && values.shape[0] === 1 && values.shape.length === 2
    ? { ...batch, tokens: toIntegers(values) }
    : batch;
}
