/** Holds Secateur's default selection and its axes against the oracle's, file by file. */
import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { basename, join } from 'node:path';
import type { Layer } from '../../src/engine/opened';
import type { Checkpoint } from '../../src/formats/format';
import { openCheckpoint } from '../../src/formats/registry';
import type { Kernels } from '../../src/kernels/kernels';
import { blobSource } from '../../src/lib/browser/blobSource';
import type { Recipe } from '../../src/pruning/recipe';
import type { Axes } from '../../src/tensors/axes';
import { bitsOf } from '../../src/tensors/dtype';
import { numelOf, type TensorInfo } from '../../src/tensors/tensor';
import { oneFile } from '../support/oneFile';
import { applyRecipe, fullNameIn } from './exports';
import type { OracleWeight, SavedFile } from './oracle';

/** A tensor on which Secateur and the oracle differ. */
export interface Difference {
  readonly verdict: 'wrong' | 'unknown';
  readonly name: string;
  readonly shape: readonly number[];
  /** As the row has it: kind, reason, axes. */
  readonly said: string;
  readonly expected: string;
  readonly numel: number;
  /** Whether its module has a bias in the file: then nothing may be unknown. */
  readonly hasBias: boolean;
}

export interface Judged {
  readonly saved: SavedFile;
  /** Weights that are in by the oracle, and their elements. */
  readonly weights: number;
  readonly numel: number;
  readonly differences: readonly Difference[];
  /** Tensors that are not what global_unstructured makes of them, by name. */
  readonly masks: readonly string[];
}

export async function judgeFile(folder: string, saved: SavedFile, kernels: Kernels): Promise<Judged> {
  const path = join(folder, saved.file);
  const checkpoint = await openCheckpoint(...oneFile(blobSource(await openAsBlob(path)), basename(path)));
  const { opened } = await applyRecipe(path, halfOf(), kernels);
  const fullName = fullNameIn(opened.layers);
  const rows = new Map(opened.layers.map((layer) => [fullName(layer), layer]));
  const differences: Difference[] = [];
  const add = (verdict: Difference['verdict'], name: string, row: Layer | undefined, expected: string, axes?: Axes) => {
    const shape = row?.shape ?? [];
    const said = row ? saidOf(row) : 'not listed';
    const hasBias = rows.has(name.replace(/weight(_v)?$|parametrizations\.weight\.original1?$/, 'bias'));
    const wanted = axes ? `${expected}, ${axesText(axes)}` : expected;
    differences.push({ verdict, name, shape, said, expected: wanted, numel: numelOf(shape), hasBias });
  };

  for (const weight of saved.weights) compare(weight);
  const known = new Set([...saved.weights.flatMap(({ names }) => names), ...(saved.unjudged ?? [])]);
  for (const [name, row] of rows) {
    if (row.byDefault && !known.has(name)) add('wrong', name, row, 'off');
  }
  return {
    saved,
    weights: saved.weights.length,
    numel: saved.weights.reduce((sum, { shape }) => sum + numelOf(shape), 0),
    differences,
    masks: await wrongMasks(),
  };

  function compare({ names, shape, axes }: OracleWeight) {
    const listed = names.filter((name) => rows.has(name));
    const first = listed[0];
    if (first === undefined) {
      add('wrong', names[0]!, undefined, 'in', axes);
      return;
    }
    const counted = listed.filter((name) => rows.get(name)!.byDefault);
    const name = counted[0] ?? first;
    const row = rows.get(name)!;
    if (row.shape.join() !== shape.join()) add('wrong', name, row, `in, shape ${shape.join('×')}`);
    else if (counted.length > 1) add('wrong', name, row, `in once, not also as ${counted.slice(1).join(', ')}`);
    else if (counted.length === 0 && !goesWithAnother(row))
      add(row.kind === 'unknown' ? 'unknown' : 'wrong', name, row, 'in', axes);
    else if (!row.axes) add('unknown', name, row, 'in', axes);
    else if (axesText(row.axes) !== axesText(axes)) add('wrong', name, row, 'in', axes);
  }

  /** A view of a weight that is in. */
  function goesWithAnother({ sameAs }: Layer): boolean {
    return sameAs !== undefined && opened.layers[sameAs]!.byDefault;
  }

  /** With what is unknown switched in by name, and nothing that the oracle leaves out. */
  async function wrongMasks(): Promise<string[]> {
    const pruned = saved.weights.filter((weight) => weight.pruned !== undefined);
    if (pruned.length === 0) return [];
    const selected = saved.weights.flatMap(({ names }) => {
      const listed = names.filter((name) => rows.has(name));
      return listed.find((name) => rows.get(name)!.prunable) ?? listed[0] ?? [];
    });
    const off = differences.length > 0;
    const recipe = halfOf(off ? selected.map((name) => rows.get(name)!.name) : undefined);
    const { bytes } = await applyRecipe(path, recipe, kernels);
    return pruned.flatMap((weight) => {
      const name = weight.names.find((each) => rows.has(each));
      if (name === undefined) return weight.names[0]!;
      const id = rows.get(name)!.id;
      return sha256(elementsOf(bytes, checkpoint, checkpoint.tensors[id]!)) === weight.pruned ? [] : name;
    });
  }
}

/** Half of all weights that are in by default, or of those named. */
function halfOf(tensors?: readonly string[]): Recipe {
  const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } } as const;
  return { format: 'secateur-recipe', version: 1, rules: [tensors ? { ...rule, tensors: [...tensors] } : rule] };
}

function saidOf(row: Layer): string {
  const state = row.byDefault ? 'in' : `off (${row.reason ?? 'no reason'})`;
  const why = row.because === undefined ? '' : ` (${row.because})`;
  return `${row.kind}${why}, ${state}, ${row.axes ? axesText(row.axes) : 'no axes'}`;
}

function axesText({ outputs, inputs, copies = [] }: Axes): string {
  const text = `outputs ${outputs.join('+')} inputs ${inputs.join('+')}`;
  return copies.length > 0 ? `${text} copies ${copies.join('+')}` : text;
}

/** The elements of a tensor in its own order. */
function elementsOf(file: Uint8Array, { storages }: Checkpoint, tensor: TensorInfo): Uint8Array {
  const width = bitsOf(tensor.dtype) / 8;
  const segments = storages[tensor.storage]!.segments.map(({ start, end }) => file.subarray(start, end));
  const storage = segments.length === 1 ? segments[0]! : Buffer.concat(segments);
  const elements = new Uint8Array(numelOf(tensor.shape) * width);
  const index = tensor.shape.map(() => 0);
  let from = tensor.storageOffset;
  for (let to = 0; to < elements.length; to += width) {
    elements.set(storage.subarray(from * width, (from + 1) * width), to);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += tensor.strides[axis]!;
      if (++index[axis]! < tensor.shape[axis]!) break;
      from -= tensor.strides[axis]! * tensor.shape[axis]!;
      index[axis] = 0;
    }
  }
  return elements;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
