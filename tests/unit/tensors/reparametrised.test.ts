import { describe, expect, it } from 'vitest';
import { maskedPairs, reparametrisedEntries } from '../../../src/tensors/reparametrised';
import type { TensorInfo } from '../../../src/tensors/tensor';

function tensor(name: string, about: Partial<TensorInfo> = {}): TensorInfo {
  const base = { container: '', dtype: 'F32', shape: [2, 3], strides: [3, 1], storage: 0, storageOffset: 0 } as const;
  return { ...base, kind: 'linear', name, ...about };
}

describe('masked pairs', () => {
  it('are X_orig and X_mask of one shape in one state dict', () => {
    const tensors = [tensor('fc.bias'), tensor('fc.weight_orig'), tensor('fc.weight_mask'), tensor('w_mask')];
    expect(maskedPairs(tensors)).toEqual([{ orig: 1, mask: 2, key: 'fc.weight' }]);
  });

  it('may be in several state dicts that hold the same keys', () => {
    const names = ['weight_orig', 'weight_mask'];
    const tensors = ['a', 'b'].flatMap((container) =>
      names.map((name) => tensor(`${container}.${name}`, { container })),
    );
    expect(maskedPairs(tensors).map(({ orig, mask }) => [orig, mask])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it.each<[string, TensorInfo[]]>([
    ['without a mask', [tensor('w_orig')]],
    ['without an original', [tensor('w_mask')]],
    ['of other shapes', [tensor('w_orig'), tensor('w_mask', { shape: [3, 2] })]],
    ['whose mask is of integers', [tensor('w_orig'), tensor('w_mask', { dtype: 'I64' })]],
    ['beside what they would make', [tensor('w_orig'), tensor('w_mask'), tensor('w')]],
    ['in different state dicts', [tensor('w_orig', { container: 'a' }), tensor('w_mask', { container: 'b' })]],
    [
      'in the state of an optimizer',
      [tensor('w_orig', { kind: 'optimizer' }), tensor('w_mask', { kind: 'optimizer' })],
    ],
    ['of nothing', [tensor('_orig'), tensor('_mask')]],
  ])('are not those %s', (_, tensors) => {
    expect(maskedPairs(tensors)).toEqual([]);
  });
});

describe('the entries of a reparametrised state dict', () => {
  const members = (...keys: string[]) => keys.map((key, id) => ({ id, key, isBuffer: /running|mask/.test(key) }));

  it('have originals behind the other parameters of the module and masks behind its other buffers', () => {
    const tensors = members('bn.weight', 'bn.bias', 'bn.running_mean', 'fc.weight', 'fc.bias');
    expect(reparametrisedEntries(tensors, new Set([0, 3])).map(({ key }) => key)).toEqual([
      'bn.bias',
      'bn.weight_orig',
      'bn.running_mean',
      'bn.weight_mask',
      'fc.bias',
      'fc.weight_orig',
      'fc.weight_mask',
    ]);
  });

  it('keep what is not pruned in its order', () => {
    const tensors = members('b', 'a', 'x.b', 'x.a');
    expect(reparametrisedEntries(tensors, new Set())).toEqual(
      tensors.map(({ key, id }) => ({ key, tensor: id, part: 'plain' })),
    );
  });

  it('pair several weights of one module', () => {
    const tensors = members('lstm.weight_ih_l0', 'lstm.weight_hh_l0', 'lstm.bias_ih_l0');
    expect(reparametrisedEntries(tensors, new Set([0, 1])).map(({ key }) => key)).toEqual([
      'lstm.bias_ih_l0',
      'lstm.weight_ih_l0_orig',
      'lstm.weight_hh_l0_orig',
      'lstm.weight_ih_l0_mask',
      'lstm.weight_hh_l0_mask',
    ]);
  });
});
