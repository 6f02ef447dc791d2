import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownersOf } from '../../../src/tensors/role';
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

/** Some columns of a tensor with `width` of them. */
function columns(rows: number, count: number, width: number, from: number, step = 1): TensorInfo {
  return tensor([rows, count], { strides: [width, step], storageOffset: from });
}

const own = { kind: 'owner' };

describe('rolesOf', () => {
  it('counts tied weights under their first name, also when one is the transpose', () => {
    const roles = rolesOf([tensor([4, 3]), tensor([4, 3]), tensor([3, 4], { strides: [1, 3] })]);
    expect(roles).toEqual([own, { kind: 'tied', owner: 0 }, { kind: 'tied', owner: 0 }]);
  });

  it('knows a view by what contains it, whichever comes first in the file', () => {
    const roles = rolesOf([tensor([2], { storageOffset: 3 }), tensor([10])]);
    expect(roles).toEqual([{ kind: 'view', owner: 1 }, own]);
  });

  it('leaves neighbours in one storage alone', () => {
    const roles = rolesOf([tensor([4], { storageOffset: 4 }), tensor([4])]);
    expect(roles).toEqual([own, own]);
  });

  it('refuses to prune twice what two tensors share in part', () => {
    const roles = rolesOf([tensor([6]), tensor([6], { storageOffset: 4 })]);
    expect(roles).toEqual([own, { kind: 'entangled', owners: [0] }]);
  });

  it('refuses a second reading of the same bytes as another type', () => {
    const roles = rolesOf([tensor([4]), tensor([8], { dtype: 'F16' })]);
    expect(roles[1]).toEqual({ kind: 'entangled', owners: [0] });
  });

  it('does not confuse storages', () => {
    expect(rolesOf([tensor([4]), tensor([4], { storage: 1 })])).toEqual([own, own]);
  });

  it('leaves q, k and v their own weights, column chunks of one storage', () => {
    const chunks = [0, 4, 8].map((from) => columns(6, 4, 12, from));
    expect(rolesOf(chunks)).toEqual([own, own, own]);
  });

  it('tells every second column from the others', () => {
    expect(rolesOf([columns(4, 3, 6, 0, 2), columns(4, 3, 6, 1, 2)])).toEqual([own, own]);
  });

  it('lets a weight own the slices of it, columns or rows', () => {
    const slices = [columns(6, 4, 12, 4), tensor([2, 12], { storageOffset: 24 })];
    expect(rolesOf([...slices, tensor([6, 12])])).toEqual([
      { kind: 'view', owner: 2 },
      { kind: 'view', owner: 2 },
      own,
    ]);
  });

  it('lets the views of a flat buffer own their weights, vectors too', () => {
    const flat = tensor([40], { kind: 'parameter' });
    const inside = [
      tensor([4, 6]),
      tensor([6], { storageOffset: 24, kind: 'bias' }),
      tensor([2, 5], { storageOffset: 30 }),
    ];
    expect(rolesOf([flat, ...inside])).toEqual([{ kind: 'flat', parts: [1, 2, 3] }, own, own, own]);
  });

  it('lets the one view of a flat buffer own its weights', () => {
    expect(rolesOf([tensor([24]), tensor([4, 6])])).toEqual([{ kind: 'tied', owner: 1 }, own]);
  });

  it('keeps slices of a weight inside a flat buffer with that weight', () => {
    const roles = rolesOf([tensor([30]), tensor([2, 5]), tensor([4, 5])]);
    expect(roles).toEqual([{ kind: 'flat', parts: [2] }, { kind: 'view', owner: 2 }, own]);
  });

  it('gives weights to what can be pruned before what never is', () => {
    const others: Partial<TensorInfo>[] = [
      { kind: 'optimizer', readOnly: 'optimizer state' },
      { dtype: 'I32', kind: 'integer' },
      { kind: 'buffer' },
    ];
    for (const other of others) {
      const [first, second] = rolesOf([tensor([4, 5], other), tensor([4, 4])]);
      expect(first).toEqual({ kind: 'entangled', owners: [1] });
      expect(second).toEqual(own);
    }
  });

  it('names every owner whose weights are in a tensor', () => {
    const rows = [0, 20].map((storageOffset) => tensor([4, 5], { storageOffset }));
    expect(rolesOf([...rows, tensor([2, 5], { storageOffset: 15 })])[2]).toEqual({ kind: 'entangled', owners: [0, 1] });
  });

  it('never lets two tensors prune one element, and says of every other whose elements it has', () => {
    const axis = fc.record({ size: fc.integer({ min: 1, max: 4 }), stride: fc.nat(9) });
    const some = fc
      .tuple(fc.array(axis, { maxLength: 3 }), fc.nat(12), fc.constantFrom<TensorInfo['dtype'][]>('F32', 'F16'))
      .map(([axes, storageOffset, dtype]) =>
        tensor(
          axes.map(({ size }) => size),
          { strides: axes.map(({ stride }) => stride), storageOffset, dtype },
        ),
      );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 8 }), (tensors) => {
        const roles = rolesOf(tensors);
        const bytes = tensors.map(bytesOf);
        const share = (a: number, b: number) => [...bytes[a]!].some((byte) => bytes[b]!.has(byte));
        roles.forEach((role, id) => {
          const owners = roles.flatMap((other, i) => (other.kind === 'owner' && i !== id && share(id, i) ? [i] : []));
          const isExact = role.kind !== 'entangled';
          if (isExact) expect(ownersOf(role)).toEqual(owners);
          else expect(ownersOf(role)).toEqual(expect.arrayContaining(owners));
          if (role.kind === 'tied') expect(bytes[id]).toEqual(bytes[role.owner]);
          if (role.kind === 'view') for (const byte of bytes[id]!) expect(bytes[role.owner]).toContain(byte);
          if (role.kind === 'flat') {
            for (const part of role.parts) for (const byte of bytes[part]!) expect(bytes[id]).toContain(byte);
          }
        });
      }),
      { numRuns: 1000 },
    );
  });
});

function bytesOf({ dtype, shape, strides, storageOffset }: TensorInfo): Set<number> {
  const width = dtype === 'F32' ? 4 : 2;
  let elements = [storageOffset];
  shape.forEach((size, axis) => {
    elements = elements.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[axis]!));
  });
  return new Set(elements.flatMap((at) => Array.from({ length: width }, (_, byte) => at * width + byte)));
}

describe('hostile files', () => {
  const many = 20_000;
  const seconds = (work: () => void) => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  };

  it.each<[string, (i: number) => TensorInfo]>([
    ['that all overlap their neighbours', (i) => tensor([4000], { storageOffset: i })],
    ['that are all different views of one place', (i) => tensor([i + 1, 2], { strides: [i + 2, 1] })],
    ['whose strides have nothing in common', (i) => columns(1000 + i, 2, 1009 + i * 2, i)],
    ['inside a flat buffer', (i) => (i === 0 ? tensor([many * 6]) : tensor([2, 3], { storageOffset: i * 6 }))],
    ['that are columns of one place', (i) => columns(1000, 1, many, i)],
  ])('with thousands of tensors %s take seconds at most', (_, make) => {
    const tensors = Array.from({ length: many }, (_, i) => make(i));
    expect(seconds(() => rolesOf(tensors))).toBeLessThan(8);
  });

  it('have no more than so many tensors streamed side by side', () => {
    const tensors = Array.from({ length: 1000 }, (_, i) => columns(50, 2, 2000, i * 2));
    const roles = rolesOf(tensors);
    expect(roles.filter(({ kind }) => kind === 'owner')).toHaveLength(128);
    expect(roles[999]).toEqual({ kind: 'entangled', owners: [] });
  });

  it('know views of one tensor however many there are', () => {
    const tensors = Array.from({ length: 1000 }, (_, i) => columns(50, 2, 2000, i * 2));
    const roles = rolesOf([...tensors, tensor([50, 2000])]);
    expect(roles.slice(0, 1000)).toEqual(tensors.map(() => ({ kind: 'view', owner: 1000 })));
  });
});
