import { describe, expect, it } from 'vitest';
import { matchGlob } from '../../../../../src/pruning/glob';
import { axesAt } from '../../../../../src/tensors/axes';
import {
  draftOf,
  faultOf,
  hasAxes,
  isSettable,
  likesOf,
  misfit,
  namedBy,
  saidBy,
  withDimension,
} from '../../../../../src/views/editor/overrule/draft';
import { counter, layer } from '../../layers/layers';

const embedding = layer(0, 'embed.weight', { kind: 'embedding', shape: [512, 256], axes: axesAt(0, 1) });
const unknown = layer(1, 'w1', { kind: 'unknown', shape: [8, 4] });

describe('saying what a tensor is', () => {
  it('holds only what differs from the file', () => {
    expect(saidBy(draftOf(embedding), embedding, false)).toBeUndefined();
    expect(saidBy({ ...draftOf(embedding), kind: 'linear' }, embedding, false)).toEqual({ kind: 'linear' });
    expect(saidBy({ kind: 'embedding', outputs: [1], inputs: [0] }, embedding, false)).toEqual({
      outputs: [1],
      inputs: [0],
    });
    expect(saidBy({ kind: 'linear', outputs: [0], inputs: [1] }, unknown, false)).toEqual({
      kind: 'linear',
      outputs: [0],
      inputs: [1],
    });
  });

  it('of a pattern says the kind in any case: other tensors may be something else', () => {
    expect(saidBy(draftOf(embedding), embedding, true)).toEqual({ kind: 'embedding' });
  });

  it('says no axes of kinds that have none', () => {
    expect(saidBy({ kind: 'norm', outputs: [0], inputs: [1] }, unknown, false)).toEqual({ kind: 'norm' });
    expect(hasAxes({ kind: 'linear', outputs: [], inputs: [] }, [8])).toBe(false);
  });

  it('takes a dimension to one side only, several in their order', () => {
    const start = draftOf(unknown);
    const outputs = withDimension(withDimension(start, 'outputs', 1, true), 'outputs', 0, true);
    expect(outputs).toMatchObject({ outputs: [0, 1], inputs: [] });
    expect(withDimension(outputs, 'inputs', 1, true)).toMatchObject({ outputs: [0], inputs: [1] });
    expect(withDimension(outputs, 'outputs', 0, false)).toMatchObject({ outputs: [1] });
  });

  it('needs both sides, or neither', () => {
    expect(faultOf({ kind: 'linear', outputs: [0], inputs: [] }, [8, 4])).toContain('inputs');
    expect(faultOf({ kind: 'linear', outputs: [], inputs: [0] }, [8, 4])).toContain('outputs');
    expect(faultOf({ kind: 'linear', outputs: [], inputs: [] }, [8, 4])).toBeUndefined();
    expect(faultOf({ kind: 'bias', outputs: [0], inputs: [] }, [8, 4])).toBeUndefined();
  });

  it('finds tensors that have not the dimensions said', () => {
    const said = { kind: 'conv', outputs: [3], inputs: [2] } as const;
    expect(misfit(said, [layer(0, 'a', { shape: [3, 3, 8, 16] }), layer(1, 'b', { shape: [16] }), unknown])).toBe(
      unknown,
    );
    expect(misfit({ kind: 'linear' }, [unknown])).toBeUndefined();
  });

  it('is not asked of integers, state of an optimizer, masks and other names of the same weights', () => {
    expect(isSettable(counter(0, 'steps'))).toBe(false);
    expect(isSettable(layer(0, 'm', { kind: 'mask', prunable: false }))).toBe(false);
    expect(isSettable(layer(1, 'tied', { sameAs: 0 }))).toBe(false);
    expect(isSettable(unknown)).toBe(true);
  });
});

describe('a pattern for a tensor’s likes', () => {
  it('takes numbers for any, and else the last part', () => {
    expect(likesOf('layers.0.attn.weight')).toBe('layers.*.attn.weight');
    expect(likesOf('fc.weight')).toBe('*.weight');
    expect(likesOf('decoder/kernel:0')).toBe('*/kernel:0');
    expect(likesOf('w1')).toBe('*');
  });

  it('always matches the tensor itself', () => {
    for (const name of ['a[0].1.weight', 'x.*.w', '7', 'net.3.w?', 'a\\b.weight']) {
      expect(matchGlob(likesOf(name), name)).toBe(true);
    }
  });

  it('counts what a hand can set', () => {
    const layers = [embedding, unknown, counter(2, 'steps.weight'), layer(3, 'fc.weight')];
    expect(namedBy('*.weight', layers).map(({ name }) => name)).toEqual(['embed.weight', 'fc.weight']);
  });
});
