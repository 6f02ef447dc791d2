/** From the datasets of an HDF5 file to the tensors of a checkpoint. */
import { type ErrorContext, malformed } from '../../lib/errors';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { bitsOf, type Dtype, isPrunableDtype } from '../../tensors/dtype';
import type { Declared } from '../../tensors/evidence';
import { judge } from '../../tensors/judge/judge';
import { contiguousStrides, type Storage, type TensorInfo } from '../../tensors/tensor';
import { uniqueNames } from '../names';
import { classesIn } from './config';
import { declaredOf, familyOf, variableName } from './evidence';
import type { Contents, Dataset } from './hdf5/datasets';

export interface Listing {
  readonly tensors: readonly TensorInfo[];
  readonly storages: readonly Storage[];
  readonly byteOrder: 'little' | 'big';
  /** Whether the file is one of Keras'. */
  readonly isKeras: boolean;
}

const otherOrder = 'in the other byte order than the rest of the file';
const noNumbers = 'no numbers that Secateur knows';

/**
 * @throws CheckpointError `malformed-file` where two of them lie within each other
 * @param offset of the HDF5 file within the file that is open
 * @param config of the model, where it is beside the weights
 */
export function listTensors(
  { datasets, attributes }: Contents,
  context: ErrorContext,
  offset = 0,
  config?: string,
): Listing {
  const root = attributes.get('') ?? new Map<string, readonly string[]>();
  const classes = classesIn(config ?? root.get('model_config')?.[0]);
  const counts = new Map<string, number>();
  for (const { path } of datasets) {
    const group = groupOf(path);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const dtypes = datasets.map(dtypeOf);
  const names = uniqueNames(datasets.map(({ path }) => ({ name: path.join('/') || '(unnamed)', container: '' })));
  const judgements = judge(
    datasets.map((dataset, i) => {
      const declared = declaredBy(dataset, { classes, counts, attributes });
      return {
        name: at(names, i),
        container: '',
        dtype: at(dtypes, i),
        shape: dataset.shape,
        ...(declared && { declared }),
        ...(isOptimizer(dataset.path) && { role: 'optimizer' as const }),
      };
    }),
    'tensorflow',
  );
  const isBig = (dataset: Dataset) => dataset.type.kind === 'number' && dataset.type.bigEndian;
  const weights = datasets.filter((_, i) => isPrunableDtype(at(dtypes, i)));
  const byteOrder = weights.length > 0 && weights.every(isBig) ? 'big' : 'little';
  assertApart(datasets, context);
  const storages: Storage[] = [];
  const known = new Map<string, number>();
  const tensors = datasets.map((dataset, i): TensorInfo => {
    const { shape, place, type } = dataset;
    const dtype = at(dtypes, i);
    const isOther = type.size > 1 && isBig(dataset) !== (byteOrder === 'big') && isPrunableDtype(dtype);
    const readOnly =
      'readOnly' in place ? place.readOnly : bitsOf(dtype) === 0 ? noNumbers : isOther ? otherOrder : undefined;
    const segments = 'segments' in place ? place.segments : [];
    const moved = segments.map(({ start, end }) => ({ start: start + offset, end: end + offset }));
    const byteLength = moved.reduce((sum, { start, end }) => sum + end - start, 0);
    return {
      name: at(names, i),
      container: '',
      dtype,
      shape,
      strides: contiguousStrides(shape),
      storage:
        'readOnly' in place
          ? -1
          : getOrInsert(
              known,
              `${dtype} ${moved[0]?.start ?? `of ${i}`}`,
              () => storages.push({ segments: moved, byteLength }) - 1,
            ),
      storageOffset: 0,
      ...at(judgements, i),
      ...(readOnly === undefined ? {} : { readOnly }),
    };
  });
  const isKeras =
    classes.size > 0 || root.has('keras_version') || root.has('layer_names') || [...attributes.keys()].some(isVars);
  return { tensors, storages, byteOrder, isKeras };
}

/** Elements are one dataset's, or those of names for one: what lies within others is nobody's file. */
function assertApart(datasets: readonly Dataset[], context: ErrorContext): void {
  const ranges = datasets.flatMap(({ place }) => ('segments' in place ? place.segments : []));
  const sorted = [...ranges].sort((a, b) => a.start - b.start || a.end - b.end);
  sorted.forEach(({ start, end }, i) => {
    const before = sorted[i - 1];
    if (!before || before.end <= start || (before.start === start && before.end === end)) return;
    throw malformed(`Two datasets share some of their bytes, but not all (offset ${start}).`, {
      ...context,
      offset: start,
    });
  });
}

function isVars(group: string): boolean {
  return /(^|\/)vars$/.test(group);
}

/** Keras writes bf16 as 16-bit integers, or as opaque pairs of bytes, and says so beside them. */
function dtypeOf({ type, attributes }: Dataset): Dtype {
  const isBf16 = attributes.get('dtype')?.[0] === 'bfloat16' && type.size === 2;
  if (isBf16 && (type.kind === 'other' || (type.kind === 'number' && type.dtype === 'U16'))) return 'BF16';
  return type.kind === 'number' ? type.dtype : 'OPAQUE';
}

function groupOf(path: readonly string[]): string {
  return path.slice(0, -1).join('/');
}

/** Keras 3: `optimizer/vars/3`; Keras 2: beside `model_weights`. */
function isOptimizer([first = '']: readonly string[]): boolean {
  return /^(optimizer|optimizer_weights|_optimizer)$/.test(first);
}

interface Known {
  readonly classes: ReadonlyMap<string, string>;
  /** Datasets of each group. */
  readonly counts: ReadonlyMap<string, number>;
  readonly attributes: Contents['attributes'];
}

function declaredBy({ path, shape }: Dataset, { classes, counts, attributes }: Known): Declared | undefined {
  const group = groupOf(path);
  const leaf = path.at(-1) ?? '';
  const around = path.slice(0, -1).reverse();
  if (around[0] === 'vars' && /^\d+$/.test(leaf)) {
    const layer = attributes.get(group)?.get('name')?.[0];
    const owners = around.slice(1).filter((name) => name !== 'layers' && name !== '_layer_checkpoint_dependencies');
    const names = [classes.get(layer ?? ''), layer, ...owners].filter((name) => name !== undefined);
    const family = familyOf(names.slice(0, 3)) ?? projectionIn(owners) ?? familyOf(names);
    const variable = family && variableName(family, Number(leaf), counts.get(group) ?? 0);
    return variable === undefined || family === undefined
      ? undefined
      : declaredOf(family, variable, shape, `${layer} ${owners[0]}`);
  }
  const variable = leaf.replace(/:\d+$/, '');
  const names = around.flatMap((name) => [classes.get(name), name].filter((each) => each !== undefined));
  const family = projectionIn(around) ?? familyOf(names);
  return family === undefined ? undefined : declaredOf(family, variable, shape, around[0]);
}

/** Layers of an attention, by the attribute that it keeps them in, or by their names. */
function projectionIn([owner = '', around = '']: readonly string[]): string | undefined {
  const isOne = /^_?(query|key|value|output)_dense$/.test(owner) || /^(query|key|value|attention_output)$/.test(owner);
  return isOne && /attention/.test(around) ? 'einsum_dense' : undefined;
}
