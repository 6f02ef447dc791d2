import { describe, expect, it } from 'vitest';
import { namesakes } from '../../../src/evaluation/namesakes';
import { normsFoldedIn } from '../../../src/evaluation/normsFoldedIn';
import type { CheckpointTensor } from '../../../src/evaluation/protocol';

/** What each name of the checkpoint is in the graph. */
function found(own: readonly string[], others: readonly string[]): Record<string, string | undefined> {
  const tensors = own.map((name, id) => ({ id, name }));
  const named = namesakes(
    tensors,
    others.map((name) => ({ name })),
  );
  return Object.fromEntries(tensors.map(({ id, name }) => [name, named.get(id)?.name]));
}

/** As torchvision names a ResNet: `conv1.weight` stands alone, and at the end of every block. */
const resnet = [
  'conv1.weight',
  'bn1.weight',
  'layer1.0.conv1.weight',
  'layer1.0.bn1.weight',
  'layer1.1.conv1.weight',
  'fc.weight',
  'fc.bias',
];

describe('a tensor of a graph is the one of the same name in a checkpoint', () => {
  it.each([
    ['as it stands', '', ''],
    ['saved from DataParallel', 'module.', ''],
    ['exported from a wrapper', '', 'model.net.'],
    ['both, each in its own', 'module.', 'model.'],
  ])('%s', (_, own, other) => {
    const names = found(
      resnet.map((name) => own + name),
      resnet.map((name) => other + name),
    );
    expect(names).toEqual(Object.fromEntries(resnet.map((name) => [own + name, other + name])));
  });

  it('where each part of the model has a prefix of its own', () => {
    const names = found(
      [...resnet.map((name) => `backbone.${name}`), 'module.head.a.weight', 'module.head.b.weight'],
      [...resnet.map((name) => `encoder.${name}`), 'head.a.weight', 'head.b.weight'],
    );
    expect(Object.values(names)).toEqual([
      ...resnet.map((name) => `encoder.${name}`),
      ...['head.a.weight', 'head.b.weight'],
    ]);
  });

  it('and never one that only its last part speaks for', () => {
    expect(found(['a.weight', 'b.weight'], ['c.weight', 'onnx::Conv_7'])).toEqual({
      'a.weight': undefined,
      'b.weight': undefined,
    });
  });

  it('and no tensor of the graph is two of the checkpoint', () => {
    const names = found(
      [...resnet, ...resnet.map((name) => `ema.${name}`)],
      resnet.map((name) => name),
    );
    expect(Object.values(names).filter((name) => name !== undefined)).toEqual(resnet);
  });
});

describe('tensors of a batch norm that was folded into a layer', () => {
  const layer = { name: 'conv.weight' } as CheckpointTensor;
  const unmatched = ['conv.bias', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var', 'other.weight'].map(
    (name, tensor) => ({ tensor, name, reason: '' }),
  );
  const vectors = new Map([
    [1, Float32Array.of(2, -1)],
    [4, Float32Array.of(4, 1)],
  ]);
  const factors = Float64Array.of(2 / Math.sqrt(4 + 1e-5), -1 / Math.sqrt(1 + 1e-5));

  it('are told by their factors', () => {
    const foldedIn = normsFoldedIn([{ tensor: layer, factors }], unmatched, vectors);
    expect(foldedIn.map(({ name }) => name)).toEqual(unmatched.slice(0, 5).map(({ name }) => name));
    expect(foldedIn.every((each) => each.layer === 'conv.weight')).toBe(true);
  });

  it('and those of a norm with other factors are not found', () => {
    const others = factors.map((factor) => factor * 1.1);
    const foldedIn = normsFoldedIn([{ tensor: layer, factors: others }], unmatched, vectors);
    expect(foldedIn.map(({ name }) => name)).toEqual(['conv.bias']);
  });
});
