/** Inputs from array files: `.npy`, `.npz`, and ONNX test data. */
import { CheckpointError } from '../../lib/errors';
import { inOrderOfNames } from '../../lib/fileNames';
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { ArrayUse, GivenArray, GraphValue } from '../protocol';
import { toIntegers, type Values } from '../values';
import { isVector, type ReadArray, usesOf } from './arrayUses';
import { type Batch, Batcher, type Dataset, fitToInput } from './dataset';
import { isNpy, parseNpy } from './npy';
import { readNpz } from './npz';
import { parseTensorFile } from './tensorFile';

/** Integers of one sequence each are tokens, where the graph has nothing else to take. */
const tokenDtypes: ReadonlySet<string> = new Set(['I64', 'I32']);

export interface ArrayFiles {
  readonly files: readonly File[];
  readonly uses?: ReadonlyMap<string, ArrayUse>;
}

/**
 * Several arrays for one input are run one after the other, each in batches of its own where their shapes differ.
 * @param list is told what was found, before it is known whether it fits
 * @throws CheckpointError `evaluation-failed` where an input is missing or does not fit; whatever the readers throw
 */
export async function arrayInputs(
  inputs: readonly GraphValue[],
  { files, uses }: ArrayFiles,
  list: (arrays: readonly GivenArray[]) => void = () => {},
): Promise<Dataset> {
  const arrays = await readArrays(files);
  const found = usesOf(arrays, inputs, uses);
  list(found);
  // Those of one input are in order of their names, as are their labels.
  const given = inOrderOfNames(found);
  const remarks: string[] = [];
  const valuesOf = new Map(arrays.map(({ key, values }) => [key, values]));
  const sets = setsOf(given, inputs, (array, input) =>
    fitToInput(known(valuesOf, array.key), input, array.name, remarks),
  );
  const labels = labelsOf(given, valuesOf);
  const batcher = new Batcher(inputs);
  for (const set of sets) batcher.add(set);
  const { samples, batches } = batcher.finish();
  if (labels && labels.length !== samples) {
    throw new CheckpointError('evaluation-failed', `There are ${labels.length} labels for ${samples} samples.`, {
      advice: 'Choose another array for the labels, or leave them aside.',
    });
  }
  return {
    title: `${samples} ${samples === 1 ? 'sample' : 'samples'} from ${titleOf(files)}`,
    samples,
    batches: labels ? withLabels(batches, labels) : batches.map((batch) => withTokens(batch, inputs)),
    labelled: labels !== undefined,
    remarks: [...new Set(remarks)],
  };
}

function titleOf(files: readonly File[]): string {
  return files.length === 1 ? at(files, 0).name : `${files.length} files`;
}

/** By the name of the array, or of the file where that is all there is. */
async function readArrays(files: readonly File[]): Promise<ReadArray[]> {
  const read: Omit<ReadArray, 'key'>[] = [];
  for (const file of files) {
    const stem = file.name.replace(/\.[^.]+$/, '');
    const head = new Uint8Array(await file.slice(0, 6).arrayBuffer());
    if (isNpy(head)) {
      read.push({ name: stem, file: file.name, values: parseNpy(await bytesOf(file), file.name) });
    } else if (head[0] === 0x50 && head[1] === 0x4b) {
      for (const [name, values] of await readNpz(file, file.name)) read.push({ name, file: file.name, values });
    } else if (/\.pb$/i.test(file.name)) {
      const { name, values } = await parseTensorFile(await bytesOf(file), file.name);
      // Beside the inputs lie the outputs that are expected.
      const aside = /^output/i.test(file.name)
        ? 'an expected output: the unpruned model’s own takes its place'
        : undefined;
      read.push({ name: name || stem, file: file.name, values, ...(aside !== undefined && { aside }) });
    } else {
      throw new CheckpointError('unsupported-feature', `${file.name} is none of .npy, .npz and ONNX test data (.pb).`, {
        file: file.name,
        advice: 'Save the inputs with numpy.save or numpy.savez.',
      });
    }
  }
  const named = new Map<string, number>();
  for (const { name } of read) named.set(name, (named.get(name) ?? 0) + 1);
  return read.map((array, i) => ({
    ...array,
    key: named.get(array.name) === 1 ? array.name : `${array.file}: ${array.name} (${i})`,
  }));
}

async function bytesOf(file: File): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.arrayBuffer());
}

/** The first array of each input together, then the second ones, … */
function setsOf(
  given: readonly GivenArray[],
  inputs: readonly GraphValue[],
  fitted: (array: GivenArray, input: GraphValue) => Values,
): Map<string, Values>[] {
  const byInput = new Map<string, GivenArray[]>();
  for (const array of given) {
    if (array.use.as === 'input') getOrInsert(byInput, array.use.input, () => []).push(array);
  }
  const counts = inputs.map((input) => {
    const count = byInput.get(input.name)?.length ?? 0;
    if (count > 0) return count;
    const names = given.map(({ name }) => name).join(', ') || 'no inputs';
    throw new CheckpointError(
      'evaluation-failed',
      `The model's input ${input.name} is missing: the files hold ${names}.`,
      { advice: `Choose the array that is ${input.name}, or name it so.` },
    );
  });
  const most = Math.max(...counts);
  return Array.from({ length: most }, (_, i) => {
    const set = new Map<string, Values>();
    for (const input of inputs) {
      const own = byInput.get(input.name) ?? [];
      if (own.length !== 1 && own.length !== most) {
        throw new CheckpointError(
          'evaluation-failed',
          `There are ${own.length} arrays for the input ${input.name}, but ${most} for another.`,
        );
      }
      set.set(input.name, fitted(at(own, own.length === 1 ? 0 : i), input));
    }
    return set;
  });
}

function labelsOf(given: readonly GivenArray[], valuesOf: ReadonlyMap<string, Values>): Int32Array | undefined {
  const own = given.filter(({ use }) => use.as === 'labels');
  if (own.length === 0) return undefined;
  const numbers = own.flatMap(({ key, name }) => {
    const values = known(valuesOf, key);
    if (!isVector({ values })) {
      throw new CheckpointError('evaluation-failed', `The labels ${name} should be one class number a sample.`);
    }
    return [...toIntegers(values)];
  });
  return Int32Array.from(numbers);
}

function withLabels(batches: readonly Batch[], labels: Int32Array): Batch[] {
  let start = 0;
  return batches.map((batch) => {
    const end = start + batch.samples;
    const own = labels.subarray(start, end);
    start = end;
    return { ...batch, labels: own };
  });
}

function withTokens(batch: Batch, inputs: readonly GraphValue[]): Batch {
  const ids = inputs.find(({ name, dtype }) => tokenDtypes.has(dtype) && !/mask|position|type/i.test(name));
  const values = ids && batch.feeds.get(ids.name);
  return values && values.shape[0] === 1 && values.shape.length === 2
    ? { ...batch, tokens: toIntegers(values) }
    : batch;
}
