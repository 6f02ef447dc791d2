import { describe, expect, it } from 'vitest';
import { onnx } from '../../../../src/formats/onnx';
import type { TensorInfo } from '../../../../src/tensors/tensor';
import { type Expected, expectedOf, goldenBytes, goldens, openGolden, segmentsOf, sha256Of } from './goldens';

/** The name in its own graph, without what makes it unique in the checkpoint. */
function keyOf({ container, name }: TensorInfo): string {
  const plain = name.replace(/ \(\d+\)$/, '');
  return container !== '' && plain.startsWith(`${container}.`) ? plain.slice(container.length + 1) : plain;
}

/** Pairs of ours and the library's tensor, both in the order of the file. */
async function pairsOf(golden: string): Promise<{ ours: TensorInfo; theirs: Expected }[]> {
  const { tensors } = await openGolden(golden);
  const expected = expectedOf(golden);
  return tensors.map((ours) => {
    const at = expected.findIndex(({ container, key }) => container === ours.container && key === keyOf(ours));
    const [theirs] = expected.splice(at, 1);
    return { ours, theirs: theirs! };
  });
}

describe.each(goldens)('%s', (name) => {
  it('is recognised by its first bytes', () => {
    const bytes = goldenBytes(name);
    expect(onnx.sniff(bytes.subarray(0, 4096), bytes.length)).toBe(true);
  });

  it('lists the tensors that the onnx library finds, with their dtypes and shapes, and what they are for', async () => {
    const { tensors } = await openGolden(name);
    const order = (a: { container: string; key: string }, b: { container: string; key: string }) =>
      a.container < b.container || (a.container === b.container && a.key < b.key) ? -1 : 1;
    const ours = tensors.map((tensor) => {
      const { container, dtype, stored, shape, kind, axes } = tensor;
      const own = stored
        ? stored.label.replace('uint', 'U').replace(/int|sparse f/, (type) => (type === 'int' ? 'I' : 'F'))
        : dtype;
      return { container, key: keyOf(tensor), dtype: own, shape, kind, axes };
    });
    const theirs = expectedOf(name).map(({ container, key, dtype, shape, kind, axes }) => {
      return { container, key, dtype, shape, kind, axes };
    });
    expect(ours.sort(order)).toEqual(theirs.sort(order));
  });

  it('points at the very elements that the onnx library loads', async () => {
    const checkpoint = await openGolden(name);
    const bytes = goldenBytes(name);
    for (const { ours, theirs } of await pairsOf(name)) {
      if (ours.storage < 0) {
        expect(ours.readOnly, ours.name).toBeTruthy();
        continue;
      }
      expect(await sha256Of(ours, checkpoint, bytes), ours.name).toBe(theirs.sha256);
      const segments = segmentsOf(ours, checkpoint);
      if (theirs.start !== undefined) expect(segments[0]!.start, ours.name).toBe(theirs.start);
    }
  });

  it('says of each tensor that cannot be pruned why, and of no other', async () => {
    for (const { ours, theirs } of await pairsOf(name)) {
      if (theirs.readOnly !== undefined) expect(ours.readOnly, ours.name).toContain(theirs.readOnly);
      else if (ours.name !== 'twice') expect(ours.readOnly, ours.name).toBeUndefined();
    }
  });

  it('gives every tensor a name of its own', async () => {
    const names = (await openGolden(name)).tensors.map((tensor) => tensor.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('elements outside raw_data', () => {
  it('are as many segments as records hold them', async () => {
    const { tensors, storages } = await openGolden('typed.onnx');
    const lengthsOf = (name: string) => {
      const { storage } = tensors.find((tensor) => tensor.name === name)!;
      return storages[storage]!.segments.map(({ start, end }) => end - start);
    };
    expect(lengthsOf('packed')).toEqual([24]);
    expect(lengthsOf('unpacked')).toEqual([4, 4, 4, 4, 4, 4]);
    expect(lengthsOf('split')).toEqual([8, 4, 4, 8]);
    expect(lengthsOf('unpacked_doubles')).toEqual([8, 8, 8, 8, 8, 8]);
    expect(lengthsOf('twice')).toEqual([24]);
  });
});

describe('graphs inside graphs', () => {
  it('are named by the node and attribute that hold them, and prefix only names that several hold', async () => {
    const { tensors } = await openGolden('subgraphs.onnx');
    expect(tensors.map(({ container, name }) => [container, name])).toEqual([
      ['', 'outer'],
      ['', 'carried_in'],
      ['', 'stack'],
      ['', 'times'],
      ['', 'flag'],
      ['', 'w'],
      ['choose.else_branch', 'choose.else_branch.w'],
      ['choose.else_branch', 'choose.else_branch.inner'],
      ['choose.then_branch', 'choose.then_branch.w'],
      ['choose.then_branch', 'choose.then_branch.inner'],
      ['Loop#1.body/deeper.else_branch', 'deep_n'],
      ['Loop#1.body/deeper.then_branch', 'deepest'],
    ]);
  });

  it('decide each for its own weights', async () => {
    const { tensors } = await openGolden('subgraphs.onnx');
    const axis = (name: string) => tensors.find((tensor) => tensor.name === name)!.axes?.outputs;
    expect([axis('choose.then_branch.w'), axis('choose.else_branch.w')]).toEqual([[0], [1]]);
  });
});

describe('an initializer given twice', () => {
  it('is pruned where the last one stands', async () => {
    const { tensors } = await openGolden('odd.onnx');
    const twice = tensors.filter(({ name }) => name.startsWith('twice'));
    expect(twice.map(({ readOnly }) => readOnly)).toEqual([expect.stringContaining('later initializer'), undefined]);
  });
});

describe('notes', () => {
  it('count what lies in other files that were not given', async () => {
    expect((await openGolden('external.onnx')).notes).toEqual([
      {
        severity: 'warning',
        text: '1 of 2 tensors of external.onnx are in external.onnx.data, which is missing: drop both files together.',
      },
    ]);
  });

  it('mention training information', async () => {
    expect((await openGolden('training.onnx')).notes).toMatchObject([{ severity: 'info' }]);
  });

  it('say how weights in codes are shown and pruned', async () => {
    expect((await openGolden('quantised.onnx')).notes).toMatchObject([
      {
        severity: 'info',
        text: expect.stringMatching(/^Weights in int8, uint8 are shown as .* pruned by their zero point/),
      },
    ]);
  });

  it('are absent otherwise', async () => {
    for (const name of goldens.filter((golden) => !/external|training|quantised|contrib/.test(golden))) {
      expect((await openGolden(name)).notes, name).toEqual([]);
    }
  });
});
