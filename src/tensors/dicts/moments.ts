/**
 * State of a training run under names of parameters: moments and gradients look like the weights they belong to. What
 * torch.optim's structure tells is known when a file is read; here names tell, and tensors of the same names and shapes.
 */
import { at } from '../../lib/known';
import type { TensorId } from '../tensor';
import { type Dict, type DictTree, plainKey } from './dictTree';

/** Why a tensor is no weight. */
export interface TrainingState {
  readonly readOnly: string;
  readonly because: string;
}

/** Nothing else is called so: PyTorch's, fastai's and optax' names for moments. */
const moment =
  /^(.*_)?(exp_avgs?|exp_avg_sqs?|max_exp_avg_sqs?|momentum_buffers?|square_avgs?|sqr_avgs?|grad_avgs?|acc_deltas?|exp_infs?)(_\d+)?$/;
const optimizer = /(^|_)(optims?|optimi[sz]ers?|opt_states?|optimi[sz]er_states?)(_|$)/i;
const gradients = /^(\w+_)?(grads|gradients)$/i;
/** What models may be called as well: only where a model has all of their tensors. */
const doubtful =
  /^(grad|gradient|mu|nu|m|v|moments?|momenta|momentum|(first|second)_moments?|velocit(y|ies)|slots?|trust|scaler|adam\w*|sgd|rmsprop|lion|lamb|adagrad|adadelta|accumulators?|opt(_?[a-z]|_?\d+)?)$/i;
/** Short names come in pairs; alone they are a variational encoder's mean, or somebody's model. */
const companions: ReadonlyMap<string, string> = new Map([
  ['mu', 'nu'],
  ['nu', 'mu'],
  ['m', 'v'],
  ['v', 'm'],
]);
const modelName = /(^|_)(model|state_dict|params?|parameters|net|network|weights|module|variables)(_|$)/i;
/** Behind a parameter's name: what TensorFlow's slots and flattened states are called. */
const slot =
  /^(.+)[./_](adam(_\d+)?|momentum(_\d+)?|rmsprop(_\d+)?|adagrad|adadelta(_\d+)?|ftrl(_\d+)?|grad|gradient|mu|nu|m|v|velocity)(:\d+)?$/is;
/** Whether a key is worth a closer look. */
const suspect =
  /avg|momentum|grad|adam|delta|rmsprop|ftrl|optim|opt_state|slot|exp_inf|velocity|(^|[./_])(mu|nu|m|v)([./:]|$)/i;

/** Moments, gradients and other state of optimizers, by tensor; nothing of those that are known already. */
export function trainingState(tree: DictTree): Map<TensorId, TrainingState> {
  const found = new Map<TensorId, TrainingState>();
  /** Those below them included. */
  const locked = new Map<Dict | undefined, TrainingState>();
  for (const dict of tree.dicts) {
    const state = locked.get(dict.parent) ?? stateOf(tree, dict);
    if (state) locked.set(dict, state);
    for (const id of dict.tensors) {
      const own = state ?? keyState(tree, dict, id);
      if (own && at(tree.tensors, id).kind !== 'optimizer') found.set(id, own);
    }
  }
  return found;
}

function stateOf(tree: DictTree, dict: Dict): TrainingState | undefined {
  const { name } = dict;
  if (moment.test(name)) return momentsUnder(name);
  if (optimizer.test(name)) return optimizerUnder(name);
  if (gradients.test(name)) return gradientsUnder(name);
  if (!doubtful.test(name)) return undefined;
  // fastai's `opt`: the state of each parameter, in a list.
  const holdsState = dict.children.some((child) => child.name === 'state' || child.name === 'hypers');
  if (/^opt/i.test(name) && holdsState) return optimizerUnder(name);
  if (!copiesAModel(tree, dict)) return undefined;
  return /^grad/i.test(name) ? gradientsUnder(name) : momentsUnder(name);
}

function momentsUnder(name: string): TrainingState {
  return { readOnly: 'moments of an optimizer: never touched', because: `stands under ${name}` };
}

function optimizerUnder(name: string): TrainingState {
  return { readOnly: 'optimizer state: never touched', because: `stands under ${name}` };
}

function gradientsUnder(name: string): TrainingState {
  return { readOnly: 'gradients: never touched', because: `stands under ${name}` };
}

/** Whether a dict that may be an optimizer's has a model beside it with all of its tensors. */
function copiesAModel(tree: DictTree, dict: Dict): boolean {
  const ids = [...tree.below(dict)].filter((id) => at(tree.tensors, id).shape.length > 0);
  const [first] = ids;
  if (first === undefined) return false;
  const companion = companions.get(dict.name.toLowerCase());
  const hasCompanion = dict.parent?.children.some(({ name }) => name.toLowerCase() === companion) === true;
  for (const place of tree.placesOf(dict, first)) {
    const name = place.slice(place.lastIndexOf('.') + 1);
    if (doubtful.test(name) || moment.test(name) || optimizer.test(name)) continue;
    if (companion !== undefined && !hasCompanion && place !== '' && !modelName.test(name)) continue;
    if (ids.every((id) => tree.alikeAt(place, tree.pathBelow(dict, id), at(tree.tensors, id).shape) !== undefined))
      return true;
  }
  return false;
}

/** What a key alone says, in flat files and state dicts: `layer.weight.exp_avg`, `kernel/Adam_1`, `exp_avg.layer.weight`. */
function keyState(tree: DictTree, dict: Dict, id: TensorId): TrainingState | undefined {
  const key = plainKey(at(tree.keys, id));
  if (!suspect.test(key)) return undefined;
  const parts = key.split(/[./]/);
  const named = parts.find((part) => moment.test(part));
  if (named !== undefined) return momentsUnder(named);
  const { shape } = at(tree.tensors, id);
  const has = (path: string) => {
    const other = tree.alikeAt(dict.path, path, shape);
    return other !== undefined && other !== id;
  };
  const [, base, suffix = '', colon = ''] = slot.exec(key) ?? [];
  if (base !== undefined && (has(base) || has(`${base}${colon}`))) {
    return /^grad/i.test(suffix) ? gradientsUnder(suffix) : momentsUnder(suffix);
  }
  const [first = '', ...rest] = key.split('.');
  const isState = gradients.test(first) || optimizer.test(first) || doubtful.test(first);
  if (!isState || !(has(rest.join('.')) || has(`model.${rest.join('.')}`))) return undefined;
  return gradients.test(first) || /^grad/i.test(first) ? gradientsUnder(first) : momentsUnder(first);
}
