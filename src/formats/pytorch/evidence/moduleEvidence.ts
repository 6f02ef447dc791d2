/** What a pickled module says of the tensors in it: by its class, and by its attributes where nobody knows the class. */
import { axesAt } from '../../../tensors/axes';
import type { Declared } from '../../../tensors/evidence';
import type { PyObj, PyValue } from '../pickle/values';
import { statesOf } from '../structure';
import { TensorValue } from '../tensorValue';
import type { FoundTensor, Owner } from '../walk';
import { evidenceOfAttributes, isRecurrent } from './moduleAttributes';
import { aOrAn, knownClassOf, type LayerClass } from './moduleClass';

/** Where a module keeps a weight: plainly, or in the parts that a reparametrisation makes of it. */
export interface WeightPlace {
  readonly module: PyObj;
  /** Of the weight: `weight` for `weight_orig`, `weight_v` and `parametrizations.weight.original1`. */
  readonly leaf: string;
  /** The lengths that weight_norm splits off. */
  readonly isMagnitude: boolean;
}

export function withModuleEvidence(found: FoundTensor): FoundTensor {
  const declared = moduleEvidence(found);
  return declared ? { ...found, declared } : found;
}

/** Undefined where the module says nothing: no claim. */
export function moduleEvidence({ owner, role, tensor }: FoundTensor): Declared | undefined {
  if (!owner || role === 'optimizer') return undefined;
  if (role === 'buffer') return bufferEvidence(owner.kind === 'registered');
  const place = weightPlace(owner);
  const because = (words: string) => `the module ${words}`;
  if (place.isMagnitude) return { kind: 'parameter', because: 'the lengths that weight_norm split off' };
  const known = knownClassOf(place.module);
  if (known) return declaredBy(known.layer, place.leaf, tensor.shape, because(`is ${aOrAn(known.name)}`));
  const attributes = attributesOf(place.module);
  if (isConv1D(place.module, attributes)) {
    return declaredBy('swapped', place.leaf, tensor.shape, because('is a Conv1D'));
  }
  if (isRecurrent(tensor.shape, attributes)) {
    const declared = declaredBy('recurrent', place.leaf, tensor.shape, because('has input_size and hidden_size'));
    if (declared) return declared;
  }
  const weight = place.leaf === 'weight' ? tensor : weightOf(attributes);
  const evidence = weight && evidenceOfAttributes(weight.shape, attributes);
  if (!evidence) return undefined;
  if (place.leaf === 'weight') return { ...evidence, because: because(evidence.because) };
  return isBias(place.leaf, tensor.shape, evidence.kind === 'norm')
    ? { kind: 'bias', because: because(evidence.because) }
    : undefined;
}

export function bufferEvidence(isRegistered: boolean): Declared {
  return { kind: 'buffer', because: isRegistered ? 'a registered buffer' : 'an attribute of the module, no parameter' };
}

/** What PyTorch's layers do with a parameter of theirs; undefined for names and shapes that are not theirs. */
export function declaredBy(
  layer: LayerClass,
  leaf: string,
  shape: readonly number[],
  because: string,
): Declared | undefined {
  const dimensions = shape.length;
  if (layer === 'recurrent') {
    if (/^weight_(ih|hh|hr)(_l\d+)?(_reverse)?$/.test(leaf) && dimensions === 2) {
      return { kind: 'recurrent', axes: axesAt(0, 1), because };
    }
    return /^bias_(ih|hh)(_l\d+)?(_reverse)?$/.test(leaf) && dimensions === 1 ? { kind: 'bias', because } : undefined;
  }
  if (layer === 'attention') {
    if (/^(in|q|k|v)_proj_weight$/.test(leaf) && dimensions === 2)
      return { kind: 'linear', axes: axesAt(0, 1), because };
    return /^(in_proj_bias|bias_[kv])$/.test(leaf) ? { kind: 'bias', because } : undefined;
  }
  if (isBias(leaf, shape, layer === 'norm')) return { kind: 'bias', because };
  if (leaf !== 'weight') return undefined;
  switch (layer) {
    case 'conv':
      return dimensions > 2 ? { kind: 'conv', axes: axesAt(0, 1), because } : undefined;
    case 'transposed':
      return dimensions > 2 ? { kind: 'conv', axes: axesAt(1, 0), because } : undefined;
    case 'linear':
      return dimensions === 2 ? { kind: 'linear', axes: axesAt(0, 1), because } : undefined;
    case 'swapped':
      return dimensions === 2 ? { kind: 'linear', axes: axesAt(1, 0), because } : undefined;
    case 'bilinear':
      return dimensions === 3 ? { kind: 'parameter', because } : undefined;
    case 'embedding':
      return dimensions === 2 ? { kind: 'embedding', axes: axesAt(0, 1), because } : undefined;
    case 'norm':
    case 'prelu':
      return { kind: layer, because };
  }
}

/** Of any shape in a LayerNorm. */
function isBias(leaf: string, { length }: readonly number[], inNorm: boolean): boolean {
  return leaf === 'bias' && (length === 1 || inNorm);
}

/** Through torch.nn.utils.prune, weight_norm and spectral_norm, old and new (torch.nn.utils.parametrize). */
export function weightPlace(owner: Owner): WeightPlace {
  const { object: module, key } = owner;
  const list = owner.owner;
  const parametrised = list?.owner;
  if (list && parametrised?.key === 'parametrizations' && /^original\d*$/.test(key)) {
    const isMagnitude = key === 'original0' && partsOf(module).has('original1');
    return { module: parametrised.object, leaf: list.key, isMagnitude };
  }
  const [, name, suffix] = /^(.+)_(orig|g|v)$/.exec(key) ?? [];
  if (name === undefined) return { module, leaf: key, isMagnitude: false };
  const parts = partsOf(module);
  const isPair = parts.has(`${name}_g`) && parts.has(`${name}_v`);
  if (suffix !== 'orig' && !isPair) return { module, leaf: key, isMagnitude: false };
  return { module, leaf: name, isMagnitude: suffix === 'g' };
}

/** Attributes and registered parts of a module by name: a module's own win. */
const attributesByModule = new WeakMap<PyObj, Map<PyValue, PyValue>>();

function attributesOf(module: PyObj): Map<PyValue, PyValue> {
  const known = attributesByModule.get(module);
  if (known) return known;
  const attributes = new Map<PyValue, PyValue>();
  for (const state of statesOf(module.state)) {
    for (const [name, value] of state) {
      attributes.set(name, value);
      if ((name !== '_parameters' && name !== '_buffers') || !(value instanceof Map)) continue;
      for (const [part, tensor] of value) if (tensor instanceof TensorValue) attributes.set(part, tensor);
    }
  }
  attributesByModule.set(module, attributes);
  return attributes;
}

function partsOf(module: PyObj): ReadonlyMap<PyValue, PyValue> {
  return attributesOf(module);
}

function weightOf(attributes: ReadonlyMap<PyValue, PyValue>): TensorValue | undefined {
  for (const name of ['weight', 'weight_orig', 'weight_v']) {
    const value = attributes.get(name);
    if (value instanceof TensorValue) return value;
  }
  return undefined;
}

/** transformers', and the copies of it in other people's code. */
function isConv1D({ cls }: PyObj, attributes: ReadonlyMap<PyValue, PyValue>): boolean {
  return /(^|\.)Conv1D$/.test(cls.name) && typeof attributes.get('nf') === 'number';
}
