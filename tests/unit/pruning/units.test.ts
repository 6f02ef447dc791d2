/** Channels that go together: which go, and what they take along. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Channels, ChannelUnit, TakenSlices } from '../../../src/pruning/channels';
import { withoutUnits } from '../../../src/pruning/channels';
import { setIncluded, withThreshold } from '../../../src/pruning/edit';
import { lock } from '../../../src/pruning/locks';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { type Candidate, noRule } from '../../../src/pruning/resolution';
import { bytesOf } from '../kernels/support';
import { candidatesOf, maskOf, recipeOf, settled, type Tensor, tensorOf, zeroed } from './support';

/**
 * Two layers give the same four channels by a sum, `b` gives three of its own, and `c` reads those. Biases go along.
 *
 *     in ─ a ─(+)─ b ─ c ─ out
 *      └── s ──┘
 */
const shapes: readonly (readonly [string, readonly number[], Candidate['kind']])[] = [
  ['a.weight', [4, 2], 'linear'],
  ['a.bias', [4], 'bias'],
  ['s.weight', [4, 2], 'linear'],
  ['b.weight', [3, 4], 'linear'],
  ['c.weight', [2, 3], 'linear'],
];

const produces = (tensor: number, index: number): TakenSlices => ({
  tensor,
  axis: 0,
  indices: [index],
  role: 'produces',
});
const consumes = (tensor: number, index: number): TakenSlices => ({
  tensor,
  axis: 1,
  indices: [index],
  role: 'consumes',
});

function unit(slot: number, score: number, takes: readonly TakenSlices[]): ChannelUnit {
  return { slot, score, dead: false, macs: 0, parameters: 0, takes };
}

function channelsOf(sums: readonly number[], own: readonly number[]): Channels {
  return {
    key: `${sums} ${own}`,
    graph: 'net.onnx',
    score: 'consumers',
    groups: [
      {
        id: 0,
        name: 'a.weight',
        units: sums.map((score, i) =>
          unit(1 + i, score, [
            produces(0, i),
            { ...produces(1, i), role: 'goes along' },
            produces(2, i),
            consumes(3, i),
          ]),
        ),
      },
      { id: 1, name: 'b.weight', units: own.map((score, i) => unit(11 + i, score, [produces(3, i), consumes(4, i)])) },
    ],
    pinned: [{ tensor: 4, axis: 0, count: 2, why: 'is an output of the model' }],
  };
}

function net(channels: Channels | undefined, more: Partial<Candidate> & { readonly name?: string } = {}): Tensor[] {
  return shapes.map(([name, shape, kind], id) => {
    const numel = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({ length: numel }, (_, i) => (1 + ((i * 7 + id * 3) % 11)) / 8);
    const own = more.name === name ? more : {};
    return tensorOf('F32', bytesOf('F32', values), {
      id,
      name,
      shape,
      kind,
      byDefault: kind !== 'bias',
      ...(channels && { channels }),
      ...own,
    });
  });
}

const usual = channelsOf([0.3, 0.1, 0.4, 0.2], [0.15, 0.5, 0.05]);
const rule: Rule = { criterion: 'magnitude', granularity: 'unit', scope: 'layer', amount: { sparsity: 0.5 } };

function inSteps(...steps: Rule[][]): Recipe {
  return { format: 'secateur-recipe', version: 1, steps };
}

/** By tensor: indices that go whole, along each axis. */
function goneIn(recipe: Recipe, tensors: readonly Tensor[]) {
  const { outcomes } = settled(recipe, tensors);
  return Object.fromEntries(
    tensors.flatMap((tensor) => {
      const outcome = outcomes.get(tensor.candidate.id);
      const cuts = outcome?.program.flatMap((mask) => (mask.kind === 'slices' ? mask.cuts : [])) ?? [];
      return cuts.length === 0 ? [] : [[tensor.candidate.name, cuts.map(({ axis, indices }) => [axis, indices])]];
    }),
  );
}

interface Golden {
  readonly tensors: readonly { name: string; shape: number[]; before: number[]; after: number[] }[];
  readonly groups: readonly {
    name: string;
    scores: number[];
    produces: string[];
    along: string[];
    consumes: string[];
  }[];
}

describe('channels that go together', () => {
  it('leave of a residual network what PyTorch leaves of it', () => {
    const url = new URL('../../golden/files/pruning/units.json', import.meta.url);
    const golden: Golden = JSON.parse(readFileSync(url, 'utf8'));
    const idOf = (name: string) => golden.tensors.findIndex((tensor) => tensor.name === name);
    const groups = golden.groups.map(({ name, scores, produces: producers, along, consumes: readers }, id) => ({
      id,
      name,
      units: scores.map((score, i) =>
        unit(100 * id + i, score, [
          ...producers.map((tensor) => produces(idOf(tensor), i)),
          ...along.map((tensor) => ({ ...produces(idOf(tensor), i), role: 'goes along' as const })),
          ...readers.map((tensor) => consumes(idOf(tensor), i)),
        ]),
      ),
    }));
    const channels: Channels = { key: 'net', graph: 'net.onnx', score: 'consumers', groups, pinned: [] };
    const tensors = golden.tensors.map(({ name, shape, before }, id) =>
      tensorOf('F32', bytesOf('F32', before), { id, name, shape, byDefault: shape.length > 1, channels }),
    );
    const { outcomes } = settled(recipeOf(rule), tensors);
    tensors.forEach((tensor, id) => {
      const outcome = outcomes.get(id);
      const { after } = golden.tensors[id]!;
      expect(zeroed(tensor, maskOf(tensor, outcome?.program))).toEqual(bytesOf('F32', after));
      expect(outcome?.zeros ?? 0).toBe(after.filter((value) => value === 0).length);
    });
  });

  it('go with what gives them, what reads them and what goes along', () => {
    expect(goneIn(recipeOf(rule), net(usual))).toEqual({
      'a.weight': [[0, [1, 3]]],
      'a.bias': [[0, [1, 3]]],
      's.weight': [[0, [1, 3]]],
      'b.weight': [
        [0, [0, 2]],
        [1, [1, 3]],
      ],
      'c.weight': [[1, [0, 2]]],
    });
  });

  it('are ranked together where the scope says so, ties in the order of slots, and one of a group stays', () => {
    const global: Rule = { ...rule, scope: 'global', amount: { count: 3 } };
    expect(goneIn(recipeOf(global), net(usual))).toMatchObject({
      'a.weight': [[0, [1]]],
      'c.weight': [[1, [0, 2]]],
    });
    const tied = channelsOf([1, 1, 1, 1], [1, 1, 1]);
    expect(goneIn(recipeOf({ ...global, amount: { count: 3 } }), net(tied))).toEqual({
      'a.weight': [[0, [0, 1, 2]]],
      'a.bias': [[0, [0, 1, 2]]],
      's.weight': [[0, [0, 1, 2]]],
      'b.weight': [[1, [0, 1, 2]]],
    });
    expect(goneIn(recipeOf({ ...global, amount: { sparsity: 1 } }), net(tied))).toMatchObject({
      'a.weight': [[0, [0, 1, 2]]],
      'c.weight': [[1, [0, 1]]],
    });
  });

  it('go up to a threshold or so many deviations, and never all of a group', () => {
    const byThreshold = (threshold: number) => goneIn(recipeOf({ ...rule, amount: { threshold } }), net(usual));
    expect(byThreshold(0.2)).toMatchObject({ 'a.weight': [[0, [1, 3]]], 'c.weight': [[1, [0, 2]]] });
    expect(byThreshold(9)).toMatchObject({ 'a.weight': [[0, [0, 1, 3]]], 'c.weight': [[1, [0, 2]]] });
    expect(byThreshold(0.01)).toEqual({});
    // The deviations are 0.129 and 0.236.
    expect(goneIn(recipeOf({ ...rule, amount: { sigma: 1 } }), net(usual))).toMatchObject({
      'a.weight': [[0, [1]]],
      'c.weight': [[1, [0, 2]]],
    });
  });

  it('have scores in common with every layer that gives them, with the threshold and how many go', () => {
    const { outcomes } = settled(recipeOf({ ...rule, scope: 'global' }), net(usual));
    const [a, s, b, c] = [0, 2, 3, 4].map((id) => outcomes.get(id)!);
    expect(a!.scores!.statistics).toBe(s!.scores!.statistics);
    expect(a!.scores).toMatchObject({ gone: 2, statistics: { count: 4 } });
    expect(b!.scores).toMatchObject({ gone: 2, statistics: { count: 3 } });
    expect(a!.placement!.threshold).toBeCloseTo(0.2, 6);
    expect(c!.scores).toMatchObject({ gone: 0, statistics: { count: 0 } });
    expect(outcomes.get(1)).toMatchObject({ rule: noRule, pruned: 2, zeros: 2, exact: true });
    expect(b).toMatchObject({ pruned: 10, zeros: 10, exact: true });
  });

  it('are drawn by a seed where the rule says so', () => {
    const drawn = (seed: number) => goneIn(recipeOf({ ...rule, criterion: 'random', seed }), net(usual));
    expect(drawn(1)).toEqual(drawn(1));
    expect(new Set([0, 1, 2, 3, 4, 5].map((seed) => JSON.stringify(drawn(seed)))).size).toBeGreaterThan(1);
  });

  it('leave other masks where they are, on what remains', () => {
    const weights: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 } };
    const tensors = net(usual);
    const { outcomes } = settled(inSteps([weights], [rule]), tensors);
    const alone = settled(recipeOf(weights), tensors).outcomes;
    for (const tensor of tensors) {
      const { id } = tensor.candidate;
      const [both, before] = [outcomes.get(id), alone.get(id)].map((each) => maskOf(tensor, each?.program));
      const slices = outcomes.get(id)!.program.filter(({ kind }) => kind === 'slices');
      expect(both).toEqual(maskOf(tensor, slices).map((goes, i) => goes || before![i]!));
      expect(outcomes.get(id)).toMatchObject({ exact: true, pruned: both!.filter(Boolean).length });
    }
  });

  it('a layer that is pruned in another way loses its columns, and keeps its threshold on the screen', () => {
    const mixed = recipeOf(rule, {
      tensors: ['c.weight'],
      criterion: 'magnitude',
      granularity: 'weight',
      scope: 'layer',
      amount: { threshold: 0.25 },
    });
    const { outcomes } = settled(mixed, net(usual));
    expect(outcomes.get(4)!.program.map(({ kind }) => kind)).toEqual(['threshold', 'slices']);
    expect(outcomes.get(4)!.placement!.threshold).toBe(0.25);
  });

  it('of a step after another are those that are left', () => {
    expect(goneIn(inSteps([rule], [rule]), net(usual))).toMatchObject({
      'a.weight': [
        [0, [1, 3]],
        [0, [0]],
      ],
    });
  });

  it('stay where a layer that gives them is left out', () => {
    const out = setIncluded(recipeOf(rule), candidatesOf(net(usual)), [2], false);
    expect(goneIn(out, net(usual))).toEqual({ 'b.weight': [[0, [0, 2]]], 'c.weight': [[1, [0, 2]]] });
  });

  it('follow a threshold set for one of the layers that give them', () => {
    const tensors = net(usual);
    const target = { scope: 'layers', names: ['s.weight'] } as const;
    const edited = withThreshold(recipeOf(rule), candidatesOf(tensors), target, 0.35);
    expect(goneIn(edited, tensors)).toMatchObject({ 'a.weight': [[0, [0, 1, 3]]], 'c.weight': [[1, [0, 2]]] });
  });

  it('go as they did once a layer is locked', () => {
    const recipe = recipeOf({ ...rule, scope: 'global' });
    const tensors = net(usual);
    const locked = lock(recipe, candidatesOf(tensors), [{ name: 'a.weight', aliases: [] }], (each) =>
      settled(each, tensors),
    );
    const after = net(usual, { name: 'a.weight', locked: true });
    expect(goneIn(locked, after)).toEqual(goneIn(recipe, tensors));
    const further = withThreshold(locked, candidatesOf(after), { scope: 'model' }, 0.6);
    expect(goneIn(further, after)).toMatchObject({ 'a.weight': [[0, [1, 3]]], 'c.weight': [[1, [0, 2]]] });
  });

  it('cannot be told without a graph', () => {
    expect(() => settled(recipeOf(rule), net(undefined))).toThrow(
      expect.objectContaining({
        code: 'unsupported-feature',
        message: expect.stringContaining('told by a graph of the model, and none is open'),
      }),
    );
    expect(() => settled(recipeOf({ ...rule, amount: { count: 4 } }), net(usual))).toThrow(
      expect.objectContaining({ code: 'invalid-recipe', message: expect.stringContaining('4 channels') }),
    );
  });

  it('go from any outcomes', () => {
    const tensors = net(usual);
    const { outcomes } = settled(recipeOf({ ...rule, amount: { sparsity: 0 } }), tensors);
    const without = withoutUnits(outcomes, usual, [12]);
    expect(without.get(3)!.program).toEqual([{ kind: 'slices', cuts: [{ axis: 0, indices: [1] }] }]);
    expect(without.get(4)!.program).toEqual([{ kind: 'slices', cuts: [{ axis: 1, indices: [1] }] }]);
    expect(without.get(0)).toBe(outcomes.get(0));
  });
});
