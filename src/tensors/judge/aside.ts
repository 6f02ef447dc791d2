/** What stands beside the weights: buffers, biases, norms, tables. */
import { axesAt } from '../axes';
import type { Convention } from './convention';
import type { Judgement } from './judgement';
import { biasOf, type Entry, rankOf } from './stateDict';
import { filters, norms, products, resamplers, shortProducts, tables } from './words';

const statistics = /^(running|moving)_(mean|var|std|variance)$/;
const masks = /(weight|bias)(_\w+)?_mask$/;
const constants =
  /_buffer$|^(inv_freq|original_inv_freq|freqs(_cis)?|cos_cached|sin_cached|pe|mask|(attn|attention|causal)_mask|masked_bias|anchors?|anchor_grid|_u|_v|weight_u)$/;
const biases = /^(bias|beta|b|bias_(ih|hh)(_l\d+)?(_reverse)?|bias_[kv]|.*_bias)$/;

export function besideNorms(entry: Entry, convention: Convention): Judgement | undefined {
  return buffer(entry) ?? lengths(entry) ?? bias(entry) ?? norm(entry, convention) ?? table(entry);
}

function buffer(entry: Entry): Judgement | undefined {
  const { shape, module } = entry;
  const { leaf, owners } = entry.path;
  if (statistics.test(leaf)) return { kind: 'buffer', because: 'running statistics' };
  if (masks.test(leaf)) return { kind: 'buffer', because: 'a mask by its name' };
  if (constants.test(leaf)) return { kind: 'buffer', because: `named ${leaf}` };
  if (leaf === 'weight_v' && shape.length === 1 && module.tensors.has('weight_u')) {
    return { kind: 'buffer', because: 'a vector of spectral_norm' };
  }
  if (leaf === 'bias' && rankOf(entry) > 1 && shape.length > 2) {
    return { kind: 'buffer', because: 'a causal mask by its shape' };
  }
  const resampler = owners.find((owner) => resamplers.test(owner));
  if (filters.test(leaf) && isPlane(shape) && (resampler !== undefined || leaf !== 'kernel')) {
    return { kind: 'buffer', because: `a fixed filter without channels${resampler ? ` in ${resampler}` : ''}` };
  }
  return undefined;
}

/** Of weights that weight_norm splits into a length (`_g`) and a direction for every output. */
function lengths({ path: { leaf }, module }: Entry): Judgement | undefined {
  const split = /^(.*weight.*)_g$/.exec(leaf)?.[1];
  const isSplit = split !== undefined && (module.tensors.has(`${split}_v`) || module.tensors.has(split));
  return isSplit ? { kind: 'parameter', because: `the lengths of ${split}, split off by weight_norm` } : undefined;
}

/** One small plane, perhaps with dimensions of one before it. */
function isPlane(shape: readonly number[]): boolean {
  const [height = 0, width = 0] = shape.slice(-2);
  const isSmall = height <= 16 && width <= 16;
  return shape.length <= 4 && isSmall && shape.slice(0, -2).every((size) => size === 1);
}

function bias(entry: Entry): Judgement | undefined {
  const { leaf } = entry.path;
  return biases.test(leaf) && (rankOf(entry) < 2 || entry.shape.length <= 2) ? { kind: 'bias' } : undefined;
}

function norm(entry: Entry, convention: Convention): Judgement | undefined {
  const { shape, module } = entry;
  const {
    leaf,
    owners: [owner = ''],
  } = entry.path;
  if (shape.length === 1 && /^(gamma|scale)$/.test(leaf)) return { kind: 'norm', because: `named ${leaf}` };
  if (leaf !== 'weight') return undefined;
  if (module.tensors.has('running_mean')) return { kind: 'norm', because: 'has running statistics' };
  const beside = biasOf(entry);
  if (shape.length > 1) {
    const isOfItsShape = beside !== undefined && beside.shape.join() === shape.join();
    if (isOfItsShape) return { kind: 'norm', because: 'its bias has its own shape' };
    return norms.test(owner) && convention !== 'mlx' ? { kind: 'norm', because: `named ${owner}` } : undefined;
  }
  if (shape.length === 0) return undefined;
  if (norms.test(owner)) return { kind: 'norm', because: `named ${owner}` };
  // Among layers with one number per channel only PReLU has no bias, but then RMSNorm has none either.
  return beside
    ? { kind: 'norm', because: 'one number a channel, with a bias' }
    : { kind: 'prelu', because: 'one number a channel, without a bias' };
}

/** Tables that are looked up, told by their names; what has a bias is no table. */
function table(entry: Entry): Judgement | undefined {
  const { shape } = entry;
  const { leaf, owners } = entry.path;
  if (shape.length < 2 || biasOf(entry)) return undefined;
  const axes = shape.length === 2 ? { axes: axesAt(0, 1) } : {};
  const isWeight = /^(weight|embedding|embeddings|kernel)$/.test(leaf);
  if (!isWeight) {
    const isTable = tables.test(leaf) && !products.test(leaf);
    return isTable ? { kind: 'embedding', because: `named ${leaf}`, ...axes } : undefined;
  }
  if (leaf !== 'weight' && leaf !== 'kernel') return { kind: 'embedding', because: `named ${leaf}`, ...axes };
  const isFlat = shape.length === 2 || (shape.length === 3 && shape[0] === 1);
  if (!isFlat) return undefined;
  for (const owner of owners) {
    // A layer inside an embedding is a layer: only what says nothing itself is what is around it.
    if (products.test(owner) || shortProducts.test(owner)) return undefined;
    if (tables.test(owner)) return { kind: 'embedding', because: `named ${owner}`, ...axes };
  }
  return undefined;
}
