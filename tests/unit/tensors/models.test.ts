import { describe, expect, it } from 'vitest';
import { uniqueNames } from '../../../src/formats/names';
import type { Dtype } from '../../../src/tensors/dtype';
import { judge } from '../../../src/tensors/judge/judge';
import { sortModels } from '../../../src/tensors/models';
import { contiguousStrides, type TensorInfo } from '../../../src/tensors/tensor';

/** Shapes under keys, in dicts. */
interface Nested {
  readonly [key: string]: readonly number[] | Nested;
}

/** The tensors of a checkpoint made of such dicts, as a pickle lists them. */
function tensorsOf(checkpoint: Nested, dtype: Dtype = 'F32'): TensorInfo[] {
  const found: { container: string; name: string; shape: readonly number[] }[] = [];
  const walk = (dict: Nested, container: string) => {
    for (const [key, value] of Object.entries(dict)) {
      if (Array.isArray(value)) found.push({ container, name: key, shape: value as number[] });
      else walk(value as Nested, container === '' ? key : `${container}.${key}`);
    }
  };
  walk(checkpoint, '');
  const names = uniqueNames(found);
  const judgements = judge(found.map((each) => ({ ...each, dtype })));
  return found.map(({ container, shape }, i) => ({
    name: names[i]!,
    container,
    dtype,
    shape,
    strides: contiguousStrides(shape),
    storage: i,
    storageOffset: 0,
    ...judgements[i]!,
  }));
}

/** Paths of the tensors that are locked as state of a training run. */
function locked(checkpoint: Nested): string[] {
  const { tensors } = sortModels(tensorsOf(checkpoint));
  return tensors.filter(({ kind }) => kind === 'optimizer').map(({ name }) => name);
}

function modelsIn(checkpoint: Nested): string[] {
  const { models } = sortModels(tensorsOf(checkpoint));
  return models.map(({ id, twinOf }) => (twinOf === undefined ? id : `${id} = ${twinOf}`));
}

const net: Nested = { 'conv.weight': [8, 3, 3, 3], 'conv.bias': [8], 'fc.weight': [10, 8], 'fc.bias': [10] };
const other: Nested = { 'conv.weight': [4, 3, 3, 3], 'fc.weight': [1, 4] };
const linear: Nested = { weight: [20, 40], bias: [20] };
const namesOf = (path: string, dict: Nested) => Object.keys(dict).map((key) => `${path}.${key}`);

describe('state of a training run', () => {
  it.each(['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq', 'momentum_buffer', 'grads', 'opt_state', 'square_avg'])(
    'is locked under %s',
    (name) => {
      expect(locked({ model: net, [name]: net })).toEqual(namesOf(name, net));
    },
  );

  it.each(['grad', 'momentum', 'velocity', 'adam', 'scaler', 'slots'])(
    'is locked under %s where a model has all of its tensors',
    (name) => {
      expect(locked({ state_dict: net, [name]: net })).toEqual(namesOf(name, net));
      expect(locked({ state_dict: net, [name]: other })).toEqual([]);
    },
  );

  it('is locked in pairs of short names, and mu alone beside a model', () => {
    expect(locked({ params: net, mu: net, nu: net })).toEqual([...namesOf('mu', net), ...namesOf('nu', net)]);
    expect(locked({ params: net, m: net, v: net })).toHaveLength(8);
    expect(locked({ params: net, mu: net })).toEqual(namesOf('mu', net));
  });

  it('is locked in trees of dicts', () => {
    const tree = { dense: { kernel: [4, 8], bias: [8] }, out: { kernel: [8, 2] } };
    expect(locked({ params: tree, mu: tree, nu: tree })).toHaveLength(6);
  });

  it("is locked in fastai's opt", () => {
    const state = { '0': { grad_avg: [8, 3, 3, 3], sqr_avg: [8, 3, 3, 3] }, '1': { grad_avg: [8], sqr_avg: [8] } };
    expect(locked({ model: net, opt: { state } })).toHaveLength(4);
  });

  it('is locked by the last part of a key in a flat file', () => {
    const flat = {
      'layer.weight': [4, 4],
      'layer.weight.exp_avg': [4, 4],
      'layer.weight.grad': [4, 4],
      'dense/kernel': [4, 2],
      'dense/kernel/Adam': [4, 2],
      'dense/kernel/Adam_1': [4, 2],
      'dense/kernel/Momentum': [4, 2],
    };
    expect(locked(flat)).toEqual(Object.keys(flat).filter((key) => !['layer.weight', 'dense/kernel'].includes(key)));
  });

  it('is locked by the first part of a key in a flat file', () => {
    expect(locked({ ...net, 'exp_avg.conv.weight': [8, 3, 3, 3], 'grads.fc.weight': [10, 8] })).toEqual([
      'exp_avg.conv.weight',
      'grads.fc.weight',
    ]);
  });

  it('is told from copies whose keys lack what wrappers add', () => {
    const wrapped = Object.fromEntries(Object.entries(net).map(([key, shape]) => [`module.${key}`, shape]));
    expect(locked({ state_dict: wrapped, velocity: net })).toHaveLength(4);
  });

  it('says what it is', () => {
    const { tensors } = sortModels(tensorsOf({ model: net, grads: net }));
    expect(tensors.at(-1)).toMatchObject({
      kind: 'optimizer',
      readOnly: 'gradients: never touched',
      because: 'stands under grads',
    });
    expect(tensors.at(-1)).not.toHaveProperty('axes');
  });
});

describe('a model', () => {
  it.each<[string, Nested]>([
    ['the mean of a variational encoder', { encoder: net, mu: linear, logvar: linear }],
    ['the mean of one made of sequences', { encoder: other, mu: net, logvar: net }],
    ['the only dict', { mu: net }],
    ['modules called so in one state dict', { 'fc_mu.weight': [4, 8], 'fc_nu.weight': [4, 8], 'm.weight': [4, 8] }],
    ['modules called so with the same keys', { 'm.weight': [4, 8], 'v.weight': [4, 8], 'x.weight': [4, 8] }],
    ['a head for optimisation', { backbone: net, opt_head: other }],
  ])('is not locked: %s', (_, checkpoint) => {
    expect(locked(checkpoint)).toEqual([]);
  });

  it.each<[string, Nested, string[]]>([
    ['a flat state dict', net, ['']],
    ['one in a checkpoint', { state_dict: net }, ['']],
    ['beside an optimizer', { model: net, opt_state: { mu: net, nu: net } }, ['']],
    ['a tree of modules', { conv1: { weight: [8, 3, 3, 3], bias: [8] }, fc: { weight: [10, 8] } }, ['']],
    [
      "Megatron's, of modules and a state dict",
      {
        model: {
          language_model: {
            embedding: { word_embeddings: { weight: [64, 8] }, position_embeddings: { weight: [16, 8] } },
            encoder: { 'layers.0.mlp.weight': [32, 8], 'layers.0.mlp.bias': [32] },
            decoder: { 'layers.0.mlp.weight': [32, 8], 'layers.0.mlp.bias': [32] },
          },
          lm_head: { dense: { weight: [8, 8] } },
        },
      },
      [''],
    ],
    ['with statistics beside it', { params: { dense: { kernel: [4, 8] } }, batch_stats: { bn: { mean: [8] } } }, ['']],
    ['generator and discriminator', { generator: net, discriminator: other }, ['generator', 'discriminator']],
    ['two of one layer each', { netG: linear, netD: { weight: [1, 20] } }, ['netG', 'netD']],
    ['several state dicts', { models: { '0': net, '1': other } }, ['models.0', 'models.1']],
    ['with normalisation of inputs', { G: net, D: other, norm: { mean: [3], std: [3] } }, ['G', 'D']],
    ['with its average', { state_dict: net, state_dict_ema: net }, ['state_dict', 'state_dict_ema = state_dict']],
    ['behind its average', { ema: net, model: net }, ['ema = model', 'model']],
    ['of one layer with its average', { model: linear, ema: linear }, ['model', 'ema = model']],
    ['with its average among its keys', { ...net, ema: net }, ['', 'ema = ']],
    [
      "with a callback's average",
      { state_dict: net, callbacks: { EMA: { weights: net } } },
      ['state_dict', 'callbacks.EMA.weights = state_dict'],
    ],
    ['student and teacher', { student: net, teacher: net }, ['student', 'teacher = student']],
    [
      'with a lone matrix',
      { state_dict: net, state_dict_ema: net, centers: [10, 4] },
      ['state_dict', 'state_dict_ema = state_dict'],
    ],
  ])('is told by its dicts: %s', (_, checkpoint, expected) => {
    expect(modelsIn(checkpoint)).toEqual(expected);
  });

  it('is a twin only with the same names and shapes', () => {
    expect(modelsIn({ a: net, b: { ...net, 'fc.weight': [9, 8] } })).toEqual(['a', 'b']);
    expect(modelsIn({ a: net, b: other })).toEqual(['a', 'b']);
  });

  it('has names that its twin shares', () => {
    const { tensors, namesInModels } = sortModels(tensorsOf({ state_dict: net, state_dict_ema: net }));
    expect(tensors.map(({ model }) => model)).toEqual([
      ...Array(4).fill('state_dict'),
      ...Array(4).fill('state_dict_ema'),
    ]);
    expect(namesInModels.slice(0, 4)).toEqual(namesInModels.slice(4));
  });

  it('has no name where it is the only one', () => {
    const { tensors } = sortModels(tensorsOf({ state_dict: net, optimizer: net }));
    expect(tensors.every(({ model }) => model === undefined)).toBe(true);
  });
});

describe('a copy under a prefix', () => {
  const flat = {
    'model.diffusion_model.input_blocks.0.0.weight': [8, 4, 3, 3],
    'model.diffusion_model.out.weight': [4, 8],
    'model_ema.diffusion_modelinput_blocks00weight': [8, 4, 3, 3],
    'model_ema.diffusion_modeloutweight': [4, 8],
  };

  it('is a model of its own, also where names have lost their dots', () => {
    expect(modelsIn({ state_dict: flat })).toEqual(['state_dict', 'state_dict.model_ema = state_dict']);
    expect(modelsIn({ 'student.a.weight': [4, 8], 'teacher.a.weight': [4, 8] })).toEqual(['', 'teacher = ']);
  });

  it('is judged as what it is a copy of', () => {
    const { tensors } = sortModels(tensorsOf(flat));
    expect(tensors[2]).toMatchObject({
      kind: 'conv',
      because: 'a copy of model.diffusion_model.input_blocks.0.0.weight',
    });
  });

  it('is none where a matrix is a copy of nothing', () => {
    expect(modelsIn({ ...flat, 'model_ema.more.weight': [3, 3] })).toEqual(['']);
    expect(modelsIn({ 'target_embed.weight': [4, 8], 'source_embed.weight': [4, 8] })).toEqual(['']);
  });
});

describe('a mask', () => {
  const pairsOf = (checkpoint: Nested, dtype?: Dtype) => {
    const tensors = tensorsOf(checkpoint, dtype);
    const { maskOf } = sortModels(tensors);
    return [...maskOf].map(([mask, weights]) => `${tensors[mask]!.name} of ${tensors[weights]!.name}`);
  };
  const masked = { 'conv.weight': [8, 3, 3, 3], 'fc.weight': [10, 8] };
  const both = ['conv.weight', 'fc.weight'];

  it.each<[string, Nested, string[]]>([
    [
      "Distiller's",
      { state_dict: net, compression_sched: { masks_dict: masked } },
      both.map((key) => `compression_sched.masks_dict.${key} of state_dict.${key}`),
    ],
    [
      "NNI's",
      { state_dict: net, masks: { conv: { weight: [8, 3, 3, 3] }, fc: { weight: [10, 8], bias: [10] } } },
      ['masks.conv.weight of conv.weight', 'masks.fc.weight of fc.weight', 'bias of fc.bias'],
    ],
    ['by the name of the module', { state_dict: net, masks: { conv: [8, 3, 3, 3] } }, ['conv of conv.weight']],
    ['next to its weights', { 'conv.weight': [8, 3], 'conv.mask': [8, 3] }, ['conv.mask of conv.weight']],
    [
      'with its name behind theirs',
      { 'conv.weight': [8, 3], 'conv.weight_mask': [8, 3] },
      ['conv.weight_mask of conv.weight'],
    ],
    ["torch's", { 'fc.weight_orig': [8, 3], 'fc.weight_mask': [8, 3] }, ['fc.weight_mask of fc.weight_orig']],
  ])('is paired with its weights: %s', (_, checkpoint, expected) => {
    const names = (list: string[]) =>
      list.map((each) => each.replaceAll(/(compression_sched\.masks_dict|masks|state_dict)\./g, ''));
    expect(names(pairsOf(checkpoint))).toEqual(names(expected));
  });

  it.each<[string, Nested]>([
    ['for attention', { 'attn.weight': [8, 8], 'attn.mask': [1, 1, 16, 16] }],
    ['a head for masks', { box_head: net, mask_head: net }],
    ['a dict of other shapes', { state_dict: net, masks: { 'conv.weight': [8] } }],
  ])('is not: %s', (_, checkpoint) => {
    expect(pairsOf(checkpoint)).toEqual([]);
  });

  it('is no model, and belongs to that of its weights', () => {
    const { tensors, models } = sortModels(tensorsOf({ G: net, D: other, masks: { 'fc.weight': [1, 4] } }));
    expect(models.map(({ id }) => id)).toEqual(['G', 'D']);
    expect(tensors.at(-1)).toMatchObject({ kind: 'mask', because: 'of D.fc.weight', model: 'D' });
  });
});

it('a graph is one model, whatever its subgraphs and tensors are called', () => {
  const tensors = tensorsOf({ ...net, 'If.then_branch': net, grads: other });
  expect(sortModels(tensors, true)).toMatchObject({ tensors, models: [{ id: '' }] });
});

it('deep dicts of long names are told apart in seconds', () => {
  const deep = Array.from({ length: 900 }, (_, i) => `m${i}`).join('.');
  const tensors = Array.from({ length: 5_000 }, (_, i): TensorInfo => {
    const [base] = tensorsOf({ weight: [2, 2] });
    return { ...base!, name: `mu.${deep}.${i}.weight`, container: `mu.${i % 50}.${deep}` };
  });
  const start = performance.now();
  sortModels(tensors);
  expect(performance.now() - start).toBeLessThan(15_000);
}, 30_000);
