/** What a tensor of a state dict is for, told by its name, shape and neighbours: state dicts say nothing more. */
import type { Dtype } from './dtype';
import type { LayerKind } from './tensor';

interface Named {
  /** Key in the state dict, e.g. `layer1.0.bn1.weight`. */
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** A name taken apart. */
interface Parts {
  /** Last part, without what pruning and reparametrisation put on it. */
  readonly leaf: string;
  /** Last part of the module's name, '' at the top. */
  readonly owner: string;
  /** Whether the module holds a tensor of that name, too. */
  readonly has: (leaf: string) => boolean;
}

interface Rule {
  readonly kind: LayerKind;
  readonly leaf: RegExp;
  /** Least and greatest number of dimensions. */
  readonly dimensions?: readonly [number, number];
  readonly owner?: RegExp;
  readonly notOwner?: RegExp;
  /** At least one of these is beside it. */
  readonly beside?: readonly string[];
}

const many = Number.POSITIVE_INFINITY;
/** `weight_v` is the direction that weight_norm splits off. */
const weight = /^(weight(_v)?|kernel|w|W|.*_weight)$/;
/** Layers that work on embeddings, and are none. */
const mapping = /proj|linear|dense|conv|mlp|(^|_)(fc|out|head)\d*(_|$)/i;

/** The first rule that holds decides. */
const rules: readonly Rule[] = [
  { kind: 'recurrent', leaf: /^weight_(ih|hh|hr)(_l\d+)?(_reverse)?$/, dimensions: [2, 2] },

  // What modules carry along: statistics, the masks of torch.nn.utils.prune, the vectors of spectral_norm, tables.
  { kind: 'buffer', leaf: /^(running|moving)_(mean|var|std|variance)$|(weight|bias)(_\w+)?_mask$|^weight_u$|_buffer$/ },
  {
    kind: 'buffer',
    leaf: /^(inv_freq|freqs(_cis)?|mask|(attn|attention|causal)_mask|masked_bias|anchors?|anchor_grid)$/,
  },
  { kind: 'buffer', leaf: /^weight_v$/, dimensions: [1, 1], beside: ['weight_u'] },
  // GPT-2's causal mask.
  { kind: 'buffer', leaf: /^bias$/, dimensions: [3, many] },

  { kind: 'bias', leaf: /^(bias|beta|b|bias_(ih|hh)(_l\d+)?(_reverse)?|bias_[kv]|.*_bias)$/, dimensions: [0, 2] },

  // Among layers with one number per channel only PReLU has no bias, but then RMSNorm has none either.
  { kind: 'norm', leaf: /^weight$/, dimensions: [1, 1], beside: ['bias', 'running_mean'] },
  { kind: 'norm', leaf: /^weight$/, dimensions: [1, 1], owner: /norm|(^|_)(bn|ln|gn)(_|\d|$)/i },
  { kind: 'norm', leaf: /^(gamma|scale)$/, dimensions: [1, 1] },
  { kind: 'norm', leaf: /^weight$/, dimensions: [2, many], owner: /norm\d*$|^ln(_|\d|$)/i },
  { kind: 'prelu', leaf: /^weight$/, dimensions: [1, 1] },

  {
    kind: 'embedding',
    leaf: /^(weight|embedding)$/,
    dimensions: [2, 2],
    owner: /embed|token|(^|_)embs?(_|\d|$)|^(wte|wpe|shared|codebook|relative_attention_bias)$/i,
    notOwner: mapping,
  },
  { kind: 'embedding', leaf: /embed|(^|_)(tokens?|wte|wpe|pos_emb)$/i, dimensions: [2, many] },

  { kind: 'linear', leaf: weight, dimensions: [2, 2] },
  { kind: 'conv', leaf: weight, dimensions: [3, many] },
];

/**
 * The kind of a tensor in a state dict of PyTorch's or a similar library's. Never `optimizer`, which only the file's
 * structure tells.
 * @param siblings all names of its state dict
 */
export function inferKind({ name, dtype, shape }: Named, siblings: ReadonlySet<string>): LayerKind {
  if (/^[IU]\d|^BOOL$/.test(dtype)) return 'integer';
  const { leaf, owner, has } = partsOf(name, siblings);
  const rule = rules.find(
    (each) =>
      each.leaf.test(leaf) &&
      (!each.dimensions || (shape.length >= each.dimensions[0] && shape.length <= each.dimensions[1])) &&
      (!each.owner || each.owner.test(owner)) &&
      !each.notOwner?.test(owner) &&
      (!each.beside || each.beside.some(has)),
  );
  return rule?.kind ?? 'parameter';
}

function partsOf(name: string, siblings: ReadonlySet<string>): Parts {
  // torch.nn.utils.parametrize keeps `weight` as `parametrizations.weight.original`; of two originals (weight_norm) the
  // second is the direction.
  const plain = name
    .replace(/(^|\.)parametrizations\.([^.]+)\.original1?$/, '$1$2')
    .replace(/(^|\.)(\w*(weight|bias)\w*)_orig$/, '$1$2');
  const end = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf('/'));
  const module = plain.slice(0, Math.max(end, 0));
  const ownerStart = Math.max(module.lastIndexOf('.'), module.lastIndexOf('/')) + 1;
  const prefix = plain.slice(0, end + 1);
  return {
    leaf: plain.slice(end + 1),
    owner: module.slice(ownerStart),
    has: (leaf) => siblings.has(prefix + leaf) || siblings.has(`${prefix}${leaf}_orig`),
  };
}
