import { describe, expect, it } from 'vitest';
import { rolesOf } from '../../../src/tensors/sharing';
import { contiguousStrides, type TensorInfo } from '../../../src/tensors/tensor';

function tensor(shape: number[], options: Partial<TensorInfo> = {}): TensorInfo {
  return {
    name: 'w',
    container: '',
    dtype: 'F32',
    shape,
    strides: contiguousStrides(shape),
    storage: 0,
    storageOffset: 0,
    kind: 'linear',
    ...options,
  };
}

describe('rolesOf', () => {
  it('counts tied weights under their first name, also when one is the transpose', () => {
    const roles = rolesOf([tensor([4, 3]), tensor([4, 3]), tensor([3, 4], { strides: [1, 3] })]);
    expect(roles).toEqual([{ kind: 'owner' }, { kind: 'tied', owner: 0 }, { kind: 'tied', owner: 0 }]);
  });

  it('knows a view by what contains it, whichever comes first in the file', () => {
    const roles = rolesOf([tensor([2], { storageOffset: 3 }), tensor([10])]);
    expect(roles).toEqual([{ kind: 'view', owner: 1 }, { kind: 'owner' }]);
  });

  it('leaves neighbours in one storage alone', () => {
    const roles = rolesOf([tensor([4], { storageOffset: 4 }), tensor([4])]);
    expect(roles).toEqual([{ kind: 'owner' }, { kind: 'owner' }]);
  });

  it('refuses to prune twice what two tensors share in part', () => {
    const roles = rolesOf([tensor([6]), tensor([6], { storageOffset: 4 })]);
    expect(roles).toEqual([{ kind: 'owner' }, { kind: 'entangled', other: 0 }]);
  });

  it('refuses a second reading of the same bytes as another type', () => {
    const roles = rolesOf([tensor([4]), tensor([8], { dtype: 'F16' })]);
    expect(roles[1]).toEqual({ kind: 'entangled', other: 0 });
  });

  it('does not confuse storages', () => {
    expect(rolesOf([tensor([4]), tensor([4], { storage: 1 })])).toEqual([{ kind: 'owner' }, { kind: 'owner' }]);
  });
});
