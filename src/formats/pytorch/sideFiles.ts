/**
 * Files of torch.save that hold no model: what a training run writes beside its weights (optimizer, scheduler, random
 * state, arguments), the shards that DeepSpeed keeps of it, and files without a tensor. Told by the object in them.
 */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';
import { joinZero, openWeights, weightsBeside } from '../wrongFiles/advice';
import type { Recognition } from '../wrongFiles/row';
import { wrongFile } from '../wrongFiles/wrongFile';
import { PyObj, type PyValue, whatIs } from './pickle/values';
import { isContainer, isOptimizerObject } from './structure';
import { TensorValue } from './tensorValue';
import type { FoundTensor } from './walk';

type Dict = ReadonlyMap<PyValue, PyValue>;

/** Keys listed, and characters of each and of a class: they come from the file. */
const maxKeys = 5;
const maxNameLength = 80;
/** How far an optimizer is looked for below a file's dict or list. */
const maxSearched = 1000;

/**
 * @param root the object that the file holds
 * @param found its tensors
 * @param storages how many of them the file names
 * @throws CheckpointError `unrecognised-file` where none of the tensors is a model's
 */
export function assertHoldsModel(
  root: PyValue,
  found: readonly FoundTensor[],
  storages: number,
  fileName: string,
): void {
  const recognition = sideFile(root, found, storages);
  if (recognition) throw wrongFile(recognition, fileName);
}

/** What the file is, unless it may hold a model. */
export function sideFile(root: PyValue, found: readonly FoundTensor[], storages: number): Recognition | undefined {
  return (
    deepSpeedShard(root, found) ??
    optimizer(root, found) ??
    (root instanceof Map
      ? (randomState(root, found) ?? scheduler(root, found) ?? gradScaler(root, found))
      : undefined) ??
    bareRandomState(root) ??
    (found.length === 0 ? withoutTensor(root, storages) : undefined)
  );
}

/** `zero_pp_rank_*_optim_states.pt`, and with ZeRO 3 the model's file, whose parameters have no elements. */
function deepSpeedShard(root: PyValue, found: readonly FoundTensor[]): Recognition | undefined {
  if (!(root instanceof Map)) return undefined;
  const states = root.get('optimizer_state_dict');
  if (states instanceof Map && (states.has('zero_stage') || states.has('partition_count'))) {
    return {
      what: 'the optimizer state of one process of a DeepSpeed run, with its share of the weights',
      advice: joinZero,
    };
  }
  if (!root.has('ds_version') || !root.has('module')) return undefined;
  const parameters = found.filter(({ container }) => container === 'module');
  const isPlaceholder = ({ tensor }: FoundTensor) => tensor.shape.length === 1 && tensor.shape[0] === 0;
  const isMatrix = ({ tensor }: FoundTensor) => tensor.shape.length > 1;
  if (!parameters.some(isPlaceholder) || parameters.some(isMatrix)) return undefined;
  return {
    what: "the model's part of a DeepSpeed checkpoint whose weights are spread over the processes (ZeRO 3)",
    advice: joinZero,
  };
}

/** Nothing but an optimizer's tensors, and an optimizer (or its state dict) that says so. */
function optimizer(root: PyValue, found: readonly FoundTensor[]): Recognition | undefined {
  if (root instanceof PyObj && root.cls.module.startsWith('torch.optim.lr_scheduler')) return schedulerState;
  const isOne = isOptimizer(root)
    ? root instanceof PyObj || found.every(isOfState)
    : found.length > 0 && found.every(({ role }) => role === 'optimizer') && holdsOptimizer(root);
  return isOne ? { what: "an optimizer's state, not the weights that it trains", advice: weightsBeside } : undefined;
}

/** A dict of both a model and an optimizer's state has more keys than the optimizer's. */
function isOfState({ container, name }: FoundTensor): boolean {
  return /^(state|param_groups|hypers)(\.|$)/.test(container === '' ? name : `${container}.${name}`);
}

function isOptimizer(value: PyValue | undefined): boolean {
  if (value instanceof PyObj) return isOptimizerObject(value);
  return value instanceof Map && value.has('state') && (isGroups(value.get('param_groups')) || value.has('hypers'));
}

function isGroups(value: PyValue | undefined): boolean {
  return Array.isArray(value) && value.every((group) => group instanceof Map);
}

/** Among the entries of a dict or list, or of the lists in it. */
function holdsOptimizer(root: PyValue): boolean {
  const entries = entriesOf(root);
  return entries.some((entry) => isOptimizer(entry) || (Array.isArray(entry) && entriesOf(entry).some(isOptimizer)));
}

function entriesOf(value: PyValue): PyValue[] {
  if (value instanceof Map) return [...value.values()].slice(0, maxSearched);
  return Array.isArray(value) ? value.slice(0, maxSearched) : [];
}

/** Of Python, NumPy and the devices: the Trainer's `rng_state.pth`, Accelerate's `random_states_0.pkl`. */
const randomKey = /^(python|numpy|cpu|cuda|npu|mps|xpu|hpu|mlu|musa|xla|step)$|(^|_)(rng|random|seed)(_|$)/;

function randomState(root: Dict, found: readonly FoundTensor[]): Recognition | undefined {
  const keys = [...root.keys()];
  const isRandom = keys.length > 0 && keys.every((key) => typeof key === 'string' && randomKey.test(key));
  if (!isRandom || found.length === 0 || found.some(({ tensor }) => isFloating(tensor))) return undefined;
  return { what: 'the state of the random number generators of a training run', advice: weightsBeside };
}

/** What `torch.get_rng_state` gives on a CPU, without and with a half of a pair of normal numbers in single precision. */
const randomStateBytes: readonly number[] = [5048, 5056];

function bareRandomState(root: PyValue): Recognition | undefined {
  if (!(root instanceof TensorValue) || root.dtype !== 'U8' || root.shape.length !== 1) return undefined;
  if (!randomStateBytes.includes(at(root.shape, 0))) return undefined;
  return { what: 'the state of a random number generator', advice: weightsBeside };
}

const schedulerState: Recognition = { what: "a learning-rate scheduler's state", advice: weightsBeside };

function scheduler(root: Dict, found: readonly FoundTensor[]): Recognition | undefined {
  const isOne = root.has('last_epoch') && (root.has('_step_count') || root.has('_last_lr') || root.has('base_lrs'));
  // Rates and the best loss may be tensors.
  return isOne && found.every(isNumber) ? schedulerState : undefined;
}

function gradScaler(root: Dict, found: readonly FoundTensor[]): Recognition | undefined {
  if (!root.has('growth_factor') || !root.has('backoff_factor') || !found.every(isNumber)) return undefined;
  return { what: "a gradient scaler's state (torch.amp)", advice: weightsBeside };
}

const settings = /(Arguments|Args|Config|Configuration|Namespace|Settings|Hparams)$/i;

function withoutTensor(root: PyValue, storages: number): Recognition {
  if (root instanceof PyObj && settings.test(root.cls.name)) {
    return { what: `the settings of a training run (${shown(root.cls.fullName)})`, advice: weightsBeside };
  }
  if (storages > 0) {
    return {
      what: 'a PyTorch file of storages without tensors that say their shapes',
      advice: 'Load it in PyTorch, save its tensors with torch.save and open that.',
    };
  }
  if (root instanceof PyObj && /^__torch__(\.|$)/.test(root.cls.module)) {
    return { what: 'a TorchScript program without weights', advice: openWeights };
  }
  return { what: `a PyTorch file without a tensor: it holds ${described(root)}`, advice: openWeights };
}

function described(root: PyValue): string {
  if (root instanceof PyObj) return `an object of ${shown(root.cls.fullName)}`;
  if (root instanceof Map && root.size > 0) {
    const keys = [...root.keys()].slice(0, maxKeys);
    const more = root.size > maxKeys ? ` and ${root.size - maxKeys} more` : '';
    return `a dict of ${keys.map((key) => shown(typeof key === 'string' ? key : whatIs(key))).join(', ')}${more}`;
  }
  if (!isContainer(root)) return whatIs(root);
  const isEmpty = Array.isArray(root) ? root.length === 0 : (root as Map<PyValue, PyValue> | Set<PyValue>).size === 0;
  return isEmpty ? whatIs(root).replace(/^a /, 'an empty ') : whatIs(root);
}

function shown(text: string): string {
  return text.length > maxNameLength ? `${text.slice(0, maxNameLength)}…` : text;
}

function isNumber({ tensor }: FoundTensor): boolean {
  return numelOf(tensor.shape) === 1;
}

function isFloating({ dtype }: TensorValue): boolean {
  return dtype.startsWith('F') || dtype === 'BF16';
}
