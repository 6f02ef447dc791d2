import { describe, expect, it } from 'vitest';
import type { Convention } from '../../../src/tensors/judge/convention';
import { judge } from '../../../src/tensors/judge/judge';
import type { Judgement } from '../../../src/tensors/judge/judgement';
import type { Judged } from '../../../src/tensors/judge/stateDict';

/** Shapes by name, as a state dict lists them. */
type Shapes = Readonly<Record<string, readonly number[]>>;

function judged(shapes: Shapes, convention?: Convention): Map<string, Judgement> {
  const tensors = Object.entries(shapes).map(([name, shape]): Judged => ({ name, container: '', dtype: 'F32', shape }));
  const judgements = judge(tensors, convention);
  return new Map(tensors.map(({ name }, i) => [name, judgements[i]!]));
}

function judgementOf(name: string, shapes: Shapes, convention?: Convention): Judgement {
  return judged(shapes, convention).get(name)!;
}

const usual = { outputs: [0], inputs: [1] };
const turned = { outputs: [1], inputs: [0] };

describe('a matrix in a state dict', () => {
  it('with a bias is a linear layer, whatever it is called', () => {
    expect(judgementOf('class_embed.weight', { 'class_embed.weight': [6, 32], 'class_embed.bias': [6] })).toEqual({
      kind: 'linear',
      because: 'has a bias of 6',
      axes: usual,
    });
  });

  it('with a bias along its last dimension keeps its inputs first', () => {
    const names = { 'attn.c_attn.weight': [16, 48], 'attn.c_attn.bias': [48] };
    expect(judgementOf('attn.c_attn.weight', names)).toEqual({
      kind: 'linear',
      because: 'has a bias of 48 along its last dimension',
      axes: turned,
    });
  });

  it('that is square lies as those beside it', () => {
    const square = { 'attn.c_proj.weight': [16, 16], 'attn.c_proj.bias': [16] };
    const others = { 'attn.c_attn.weight': [16, 48], 'attn.c_attn.bias': [48] };
    expect(judgementOf('attn.c_proj.weight', { ...others, ...square }).axes).toEqual(turned);
    expect(judgementOf('attn.c_proj.weight', square).axes).toEqual(usual);
  });

  it('without a bias is what its name says, or what stands around it', () => {
    expect(judgementOf('layers.0.self_attn.q_proj.weight', { 'layers.0.self_attn.q_proj.weight': [8, 8] })).toEqual({
      kind: 'linear',
      because: 'named q_proj',
      axes: usual,
    });
    expect(judgementOf('encoder.mlp.2.weight', { 'encoder.mlp.2.weight': [8, 8] })).toMatchObject({
      kind: 'linear',
      because: 'named mlp',
    });
    expect(judgementOf('embeds.0.weight', { 'embeds.0.weight': [40, 8] })).toMatchObject({ kind: 'embedding' });
  });

  it('in a row of layers takes what the one before it gives', () => {
    const row = { '0.weight': [16, 8], '2.weight': [4, 16] };
    expect(judgementOf('0.weight', row)).toMatchObject({ kind: 'linear', because: 'gives 2.weight its 16 inputs' });
    expect(judgementOf('2.weight', row)).toMatchObject({
      kind: 'linear',
      because: 'takes the 16 outputs of 0.weight',
    });
  });

  it('is unknown where nothing tells, and says so', () => {
    expect(judgementOf('user.weight', { 'user.weight': [100, 8], 'item.weight': [50, 8] })).toEqual({
      kind: 'unknown',
      because: 'no bias beside it, and the name user does not tell',
    });
  });
});

describe('a convolution in a state dict', () => {
  it.each([
    ['has its outputs first', { 'up.weight': [8, 16, 3, 3], 'up.bias': [8] }, usual],
    ['is transposed by the length of its bias', { 'up.weight': [8, 16, 3, 3], 'up.bias': [16] }, turned],
    ['is transposed by a bias over all its groups', { 'up.weight': [8, 3, 2, 2], 'up.bias': [12] }, turned],
    ['that is square is transposed by its name', { 'deconv.weight': [8, 8, 3, 3] }, turned],
    ['that widens by an even kernel is transposed', { 'ups.0.weight': [8, 8, 4], 'ups.0.bias': [8] }, turned],
    ['behind an upsampling is a usual one', { 'upsamplers.0.conv.weight': [8, 8, 3, 3] }, usual],
    ['of one input a group is a depthwise one', { 'dw.weight': [8, 1, 3, 3], 'dw.bias': [8] }, usual],
  ])('%s', (_, shapes, axes) => {
    const [name] = Object.keys(shapes);
    expect(judgementOf(name!, shapes)).toMatchObject({ kind: 'conv', axes });
  });

  it('without a bias is told by the norm behind it, or before it', () => {
    const generator = {
      'main.0.weight': [100, 64, 4, 4],
      'main.1.weight': [64],
      'main.1.bias': [64],
      'main.1.running_mean': [64],
      'main.3.weight': [64, 3, 4, 4],
    };
    const answers = judged(generator);
    expect(answers.get('main.0.weight')).toMatchObject({ axes: turned });
    expect(answers.get('main.3.weight')).toMatchObject({ axes: turned });
  });

  it('that another layer modulates has its outputs on dimension 1', () => {
    const styled = {
      'conv1.conv.weight': [1, 8, 8, 3, 3],
      'conv1.conv.modulation.weight': [8, 16],
      'conv1.conv.modulation.bias': [8],
    };
    expect(judgementOf('conv1.conv.weight', styled)).toMatchObject({
      kind: 'conv',
      axes: { outputs: [1], inputs: [2], copies: [0] },
    });
  });
});

describe('a fixed filter', () => {
  it('has no channels, and is never a weight', () => {
    expect(judgementOf('blur.kernel', { 'blur.kernel': [4, 4], 'conv.weight': [4, 4, 3, 3] })).toEqual({
      kind: 'buffer',
      because: 'a fixed filter without channels in blur',
    });
  });

  it('is told from a kernel that is trained', () => {
    const names = { 'down.kernel': [64, 128], 'down.bias': [128] };
    expect(judgementOf('down.kernel', names)).toMatchObject({ kind: 'linear' });
  });
});

describe('experts', () => {
  const router = { 'mlp.gate.weight': [4, 16] };

  it('are linear layers side by side; what the router takes tells which way round', () => {
    const outputsFirst = { ...router, 'mlp.experts.gate_up_proj': [4, 32, 16], 'mlp.experts.down_proj': [4, 16, 16] };
    const inputsFirst = { ...router, 'mlp.experts.gate_up_proj': [4, 16, 64], 'mlp.experts.down_proj': [4, 32, 16] };
    for (const name of ['mlp.experts.gate_up_proj', 'mlp.experts.down_proj']) {
      expect(judgementOf(name, outputsFirst).axes).toEqual({ outputs: [1], inputs: [2], copies: [0] });
      expect(judgementOf(name, inputsFirst).axes).toEqual({ outputs: [2], inputs: [1], copies: [0] });
    }
  });

  it('have no axes where nothing tells which way round they lie', () => {
    expect(judgementOf('experts.w1', { 'experts.w1': [4, 16, 16] })).toEqual({
      kind: 'linear',
      because: '4 experts, stacked',
    });
  });

  it('have a router, which is no linear layer like others', () => {
    const shapes = { ...router, 'mlp.experts.0.w1.weight': [32, 16] };
    expect(judgementOf('mlp.gate.weight', shapes)).toMatchObject({ kind: 'router' });
    expect(judgementOf('mlp.gate.weight', router)).toMatchObject({ kind: 'linear' });
  });
});

describe('other libraries', () => {
  it('keep inputs before outputs, behind the places of a kernel', () => {
    const flax = {
      'conv.kernel': [3, 3, 4, 8],
      'conv.bias': [8],
      'dense.kernel': [24, 32],
      'dense.bias': [32],
      'embed.embedding': [40, 16],
      'ln.scale': [32],
      'attention.query.kernel': [32, 4, 8],
      'attention.query.bias': [4, 8],
      'attention.out.kernel': [4, 8, 32],
      'attention.out.bias': [32],
    };
    const answers = judged(flax);
    expect(answers.get('conv.kernel')).toMatchObject({ kind: 'conv', axes: { outputs: [3], inputs: [2] } });
    expect(answers.get('dense.kernel')).toMatchObject({ kind: 'linear', axes: turned });
    expect(answers.get('embed.embedding')).toMatchObject({ kind: 'embedding' });
    expect(answers.get('ln.scale')).toMatchObject({ kind: 'norm' });
    expect(answers.get('attention.query.kernel')).toMatchObject({ axes: { outputs: [1, 2], inputs: [0] } });
    expect(answers.get('attention.out.kernel')).toMatchObject({ axes: { outputs: [2], inputs: [0, 1] } });
  });

  it('TensorFlow turns its transposed convolutions, and stacks the gates of recurrent layers', () => {
    const names = {
      'conv2d_transpose/kernel:0': [3, 3, 8, 16],
      'conv2d_transpose/bias:0': [8],
      'lstm/lstm_cell/kernel:0': [12, 32],
      'lstm/lstm_cell/recurrent_kernel:0': [8, 32],
    };
    const answers = judged(names);
    expect(answers.get('conv2d_transpose/kernel:0')).toMatchObject({ axes: { outputs: [2], inputs: [3] } });
    expect(answers.get('lstm/lstm_cell/kernel:0')).toMatchObject({ kind: 'recurrent', axes: turned });
    expect(answers.get('lstm/lstm_cell/recurrent_kernel:0')).toMatchObject({ kind: 'recurrent', axes: turned });
  });

  it('MLX has the inputs of convolutions last', () => {
    const names = { 'conv.weight': [8, 3, 3, 4], 'fc.weight': [10, 8], 'fc.bias': [10] };
    const answers = judged(names, 'mlx');
    expect(answers.get('conv.weight')).toMatchObject({ kind: 'conv', axes: { outputs: [0], inputs: [3] } });
    expect(answers.get('fc.weight')).toMatchObject({ kind: 'linear', axes: usual });
  });

  it('tch-rs separates with bars and numbers what is there twice', () => {
    const names = { 'layer1|conv1|weight': [8, 4, 3, 3], 'bn1|weight__19': [8], 'bn1|bias__20': [8] };
    const answers = judged(names);
    expect(answers.get('layer1|conv1|weight')).toMatchObject({ kind: 'conv' });
    expect(answers.get('bn1|weight__19')).toMatchObject({ kind: 'norm' });
    expect(answers.get('bn1|bias__20')).toMatchObject({ kind: 'bias' });
  });
});

describe('what the file says', () => {
  it('goes before names; whole numbers and state of training stay what they are', () => {
    const declared = { kind: 'linear', because: 'the module is a Linear', axes: usual } as const;
    const tensor = { name: 'embed.weight', container: '', dtype: 'F32', shape: [4, 4], declared } as const;
    expect(judge([tensor])).toEqual([declared]);
    expect(judge([{ ...tensor, dtype: 'I64' }])).toEqual([{ kind: 'integer' }]);
    expect(judge([{ ...tensor, role: 'optimizer' }])).toEqual([{ kind: 'optimizer' }]);
  });
});
