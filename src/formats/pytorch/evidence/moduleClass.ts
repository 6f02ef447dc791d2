/** What PyTorch's own module classes are, by name (torch/nn/modules, torch/ao/nn), and transformers' Conv1D. */
import type { PyObj, Ref } from '../pickle/values';

/** What a module does with its `weight`. `swapped`: a linear layer that keeps (in, out). */
export type LayerClass =
  | 'conv'
  | 'transposed'
  | 'linear'
  | 'swapped'
  | 'bilinear'
  | 'embedding'
  | 'norm'
  | 'prelu'
  | 'recurrent'
  | 'attention';

/** The first that holds decides. Variants with fused operators, for quantisation and of lazy shapes are in the patterns. */
const byName: readonly (readonly [RegExp, LayerClass])[] = [
  [/^(Lazy)?ConvTranspose[123]d$/, 'transposed'],
  [/^(Lazy)?Conv(Bn)?(Add)?(ReLU)?[123]d$/, 'conv'],
  [/^(Lazy)?(NonDynamicallyQuantizable|_)?Linear(WithBias|Bn1d|ReLU|LeakyReLU|Tanh)?$/, 'linear'],
  [/^Bilinear$/, 'bilinear'],
  [/^Embedding(Bag)?$/, 'embedding'],
  [/^(Lazy|Sync)?(Batch|Instance|Layer|Group|RMS)Norm([123]d)?$/, 'norm'],
  [/^PReLU$/, 'prelu'],
  [/^(RNN|LSTM|GRU)(Base|Cell|CellBase)?$/, 'recurrent'],
  [/^MultiheadAttention$/, 'attention'],
];

const torchModule = /^torch\.(ao\.)?nn\./;

/** A class by which a module is known. */
export interface KnownClass {
  readonly layer: LayerClass;
  /** As people call it: `ConvTranspose2d`. */
  readonly name: string;
}

/** Classes looked at: the object's own, and the bases of one that the pickle brings along. */
const maxClasses = 64;

/** What an object is by its class; undefined for classes of unknown code. */
export function knownClassOf({ cls }: PyObj): KnownClass | undefined {
  const classes = new Set<Ref>([cls]);
  // A Set grows while it is walked, and the walk goes on into what was added.
  for (const each of classes) {
    const known = knownClass(each);
    if (known) return known;
    for (const base of each.bases) if (classes.size < maxClasses) classes.add(base);
  }
  return undefined;
}

function knownClass(cls: Ref): KnownClass | undefined {
  const module = plainModule(cls.module);
  // torch.nn.utils.parametrize puts a class of its own around a module's.
  const name = module === 'torch.nn.utils.parametrize' ? cls.name.replace(/^Parametrized/, '') : cls.name;
  if (torchModule.test(`${module}.`)) {
    const layer = byName.find(([pattern]) => pattern.test(name))?.[1];
    return layer && { layer, name };
  }
  return name === 'Conv1D' && module.startsWith('transformers.') ? { layer: 'swapped', name } : undefined;
}

/** `torch.nn.modules.conv` of TorchScript's `__torch__.torch.nn.modules.conv.___torch_mangle_3`. */
export function plainModule(module: string): string {
  return module.replace(/^__torch__\./, '').replace(/\.___torch_mangle_\d+(?=\.|$)/g, '');
}

/** A name with its article: `a Linear`, `an Embedding`. */
export function aOrAn(name: string): string {
  return `${/^([AEIO]|LSTM|RNN|RMS)/i.test(name) ? 'an' : 'a'} ${name}`;
}
