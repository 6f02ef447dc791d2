/** What of a training checkpoint a lean one keeps: the tensors of one model, under the keys that its module has for them. */
import { wholeName } from '../../formats/shards/names';
import { at } from '../../lib/known';
import type { StateDictFiles } from '../../tensors/capabilities';
import { isWithin } from '../../tensors/dicts/dictTree';
import { bitsOf, type Dtype } from '../../tensors/dtype';
import { mainContainer } from '../../tensors/mainContainer';
import type { NarrowDtype } from '../../tensors/narrowing';
import { keysOf } from '../../tensors/stateDictKeys';
import type { TensorId } from '../../tensors/tensor';
import type { Layer, OpenedCheckpoint } from '../opened';
import { suffixed } from '../writing/fileName';

export interface LeanChoice {
  /** `ModelOfFile.id`: the state dict, or the average of it that training kept. */
  readonly model: string;
  /** What wider floating point tensors become; absent: nothing changes. */
  readonly precision?: NarrowDtype | undefined;
  readonly files: StateDictFiles;
}

export interface LeanEntry {
  readonly key: string;
  readonly tensor: TensorId;
  /** In the new file. */
  readonly dtype: Dtype;
}

export interface LeanPlan {
  /** In the order of the file. */
  readonly entries: readonly LeanEntry[];
  /** Of those, tensors that the copy of a model lacks (buffers, mostly), and that are its original's. */
  readonly filled: number;
  /** Of the elements, in bytes; each name of tied weights counts once where a file can share them. */
  readonly bytes: number;
  /** Tensors that stay behind, and what they take. */
  readonly left: { readonly optimizer: Left; readonly others: Left };
}

export interface Left {
  readonly tensors: number;
  readonly bytes: number;
}

export const leanExtensions: Readonly<Record<StateDictFiles, { readonly one: string; readonly shard: string }>> = {
  'torch.save': { one: '.pth', shard: '.bin' },
  safetensors: { one: '.safetensors', shard: '.safetensors' },
};

/** `model.ckpt` → `model-lean.safetensors`; the file's own extension where its format stays. */
export function leanName(
  { fileName, parts, can }: Pick<OpenedCheckpoint, 'fileName' | 'parts' | 'can'>,
  files: StateDictFiles,
): string {
  const whole = parts.length > 1 ? wholeName(fileName) : fileName;
  return suffixed(whole, '-lean', can.stateDict === files ? undefined : leanExtensions[files].one);
}

type Opened = Pick<OpenedCheckpoint, 'layers' | 'models'>;

export function leanPlan({ layers, models }: Opened, { model, precision, files }: LeanChoice): LeanPlan {
  const keys = keysInModels(layers, models.length > 1);
  const own = new Map<string, TensorId>();
  const take = (id: TensorId) => {
    const key = keys[id];
    if (key !== undefined && !own.has(key)) own.set(key, id);
  };
  const isOf = (which: string) => (layer: Layer) => (layer.model ?? which) === which;
  const members = (which: string) => layers.filter(isOf(which)).map(({ id }) => id);
  members(model).forEach(take);
  const ofModel = own.size;
  const original = models.find(({ id }) => id === model)?.twinOf;
  if (original !== undefined) members(original).forEach(take);
  const entries = [...own]
    .map(([key, tensor]) => ({ key, tensor, dtype: leanDtype(at(layers, tensor).dtype, precision) }))
    .sort((a, b) => a.tensor - b.tensor);
  return {
    entries,
    filled: own.size - ofModel,
    bytes: bytesOfEntries(entries, layers, files),
    left: leftBehind(layers, new Set(own.values())),
  };
}

export function isNarrowed(dtype: Dtype, precision: NarrowDtype | undefined): dtype is 'F32' | 'F64' {
  return precision !== undefined && (dtype === 'F32' || dtype === 'F64');
}

function leanDtype(dtype: Dtype, precision: NarrowDtype | undefined): Dtype {
  return isNarrowed(dtype, precision) && precision ? precision : dtype;
}

/** Undefined for what no module loads: state of training, masks in dicts of their own, tensors beside the state dict. */
function keysInModels(layers: readonly Layer[], areSeveral: boolean): readonly (string | undefined)[] {
  const own = keysOf(layers);
  const main = mainContainer(layers);
  return layers.map(({ id, container, kind, nameInModel, model, maskOf }) => {
    if (kind === 'optimizer') return undefined;
    if (maskOf !== undefined && !at(own, maskOf).endsWith('_orig')) return undefined;
    if (areSeveral) return model === undefined ? undefined : (nameInModel ?? at(own, id));
    if (container === main) return at(own, id);
    if (main === '' || !isWithin(container, main)) return undefined;
    return `${container.slice(main.length + 1)}.${at(own, id)}`;
  });
}

function bytesOfEntries(entries: readonly LeanEntry[], layers: readonly Layer[], files: StateDictFiles): number {
  const seen = new Set<string>();
  let bytes = 0;
  for (const { tensor, dtype } of entries) {
    const { numel, sameAs, shape } = at(layers, tensor);
    const elements = `${sameAs ?? tensor} ${dtype} ${shape}`;
    // safetensors has no two names for the same bytes.
    if (files === 'torch.save' && seen.has(elements)) continue;
    seen.add(elements);
    bytes += (numel * bitsOf(dtype)) / 8;
  }
  return bytes;
}

function leftBehind(layers: readonly Layer[], kept: ReadonlySet<TensorId>): LeanPlan['left'] {
  const left = { optimizer: { tensors: 0, bytes: 0 }, others: { tensors: 0, bytes: 0 } };
  for (const { id, kind, numel, dtype, sameAs } of layers) {
    if (kept.has(id)) continue;
    const which = kind === 'optimizer' ? left.optimizer : left.others;
    which.tensors++;
    if (sameAs === undefined) which.bytes += (numel * bitsOf(dtype)) / 8;
  }
  return left;
}
