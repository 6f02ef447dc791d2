import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '../../../src/lib/known';
import {
  arranged,
  type ModuleNode,
  type ModuleTree,
  moduleTree,
  namesIn,
  nodesShown,
} from '../../../src/tensors/moduleTree';
import { hostileNames } from '../../support/hostileNames';
import '../../support/fastCheck';

/** One line a node: groups by label and count, names by what their groups do not say. */
function drawn(tree: ModuleTree, names: readonly string[]): string[] {
  return tree.map((node) => {
    const text = node.kind === 'group' ? `${node.label} (${node.count})` : at(names, node.index).slice(node.from);
    return '  '.repeat(node.depth) + text;
  });
}

const draw = (names: readonly string[]) => drawn(moduleTree(names), names);

describe('names as a tree of modules', () => {
  it('groups the blocks of a transformer, each with the list it is in', () => {
    const block = (i: number) => [
      `model.layers.${i}.self_attn.q_proj.weight`,
      `model.layers.${i}.self_attn.k_proj.weight`,
      `model.layers.${i}.mlp.up_proj.weight`,
      `model.layers.${i}.mlp.down_proj.weight`,
      `model.layers.${i}.input_layernorm.weight`,
    ];
    expect(draw(['model.embed_tokens.weight', ...block(0), ...block(17), 'lm_head.weight'])).toEqual([
      'model (11)',
      '  embed_tokens.weight',
      '  layers (10)',
      ...[0, 17].flatMap((i) => [
        `    layers.${i} (5)`,
        '      self_attn (2)',
        '        q_proj.weight',
        '        k_proj.weight',
        '      mlp (2)',
        '        up_proj.weight',
        '        down_proj.weight',
        '      input_layernorm.weight',
      ]),
      'lm_head.weight',
    ]);
  });

  it('joins a group that holds nothing but another', () => {
    const names = [0, 17].flatMap((i) => ['up', 'down'].map((name) => `layers.${i}.mlp.inner.${name}.weight`));
    expect(draw(names)).toEqual([
      'layers.0 › mlp › inner (2)',
      '  up.weight',
      '  down.weight',
      'layers.17 › mlp › inner (2)',
      '  up.weight',
      '  down.weight',
    ]);
  });

  it('makes no group of a layer and of what all names begin with', () => {
    expect(draw(['conv1.weight', 'conv1.bias', 'fc.weight'])).toEqual(['conv1.weight', 'conv1.bias', 'fc.weight']);
    expect(draw(['module.features.0.weight', 'module.features.0.bias', 'module.features.2.weight'])).toEqual([
      'features.0.weight',
      'features.0.bias',
      'features.2.weight',
    ]);
    expect(draw(['a.b.c.weight', 'fc.weight'])).toEqual(['a.b.c.weight', 'fc.weight']);
  });

  it('keeps the parameters of a module beside the modules in it', () => {
    expect(draw(['h.0.attn.bias', 'h.0.attn.c_attn.weight', 'h.0.ln.weight', 'wte.weight'])).toEqual([
      'h.0 (3)',
      '  attn (2)',
      '    bias',
      '    c_attn.weight',
      '  ln.weight',
      'wte.weight',
    ]);
  });

  it('reads slashes as it reads dots', () => {
    expect(draw(['/layer1/conv/kernel', '/layer1/bn/scale', '/layer2/conv/kernel', '/layer2/bn/scale'])).toEqual([
      'layer1 (2)',
      '  /layer1/conv/kernel'.replace('/layer1/', ''),
      '  bn/scale',
      'layer2 (2)',
      '  conv/kernel',
      '  bn/scale',
    ]);
  });

  it('shows what is open, and skips what is not', () => {
    const names = ['a.b.x.w', 'a.b.y.w', 'a.z.w', 'q.w'];
    const shown = (...open: string[]) =>
      drawn(
        nodesShown(moduleTree(names), (key) => open.includes(key)),
        names,
      );
    expect(shown()).toEqual(['a (3)', 'q.w']);
    expect(shown('a.b.')).toEqual(['a (3)', 'q.w']);
    expect(shown('a.')).toEqual(['a (3)', '  b (2)', '  z.w', 'q.w']);
    expect(shown('a.', 'a.b.')).toEqual(['a (3)', '  b (2)', '    x.w', '    y.w', '  z.w', 'q.w']);
  });

  it('keeps some names, counts them, and orders within groups', () => {
    const names = ['a.b.x.w', 'a.b.y.w', 'a.c.x.w', 'a.d.y.w', 'e.w'];
    const tree = moduleTree(names);
    const onlyY = arranged(tree, (index) => at(names, index).includes('y'));
    expect(drawn(onlyY, names)).toEqual(['a (2)', '  b (1)', '    y.w', '  d.y.w']);
    const place = (node: ModuleNode) => (node.kind === 'leaf' ? node.index : 0);
    const backwards = arranged(
      tree,
      (index) => index !== 2,
      (a, b) => place(b) - place(a),
    );
    expect(drawn(backwards, names)).toEqual(['e.w', 'a (3)', '  d.y.w', '  b (2)', '    y.w', '    x.w']);
  });

  const segment = fc.constantFrom('a', 'b', '0', '17', 'conv1', 'weight', '', '__proto__', '層');
  const path = fc
    .array(fc.tuple(segment, fc.constantFrom('.', '/', '..')), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.flat().slice(0, -1).join(''));
  const someNames = fc.uniqueArray(fc.oneof(path, fc.constantFrom(...hostileNames)), { maxLength: 40 });

  it('holds each name once, within groups that its name begins with, whatever the names', () => {
    fc.assert(
      fc.property(someNames, (names) => {
        const tree = moduleTree(names);
        const indices = tree.flatMap((node) => (node.kind === 'leaf' ? [node.index] : []));
        expect(indices.toSorted((a, b) => a - b)).toEqual(names.map((_, i) => i));
        const keys = tree.flatMap((node) => (node.kind === 'group' ? [node.key] : []));
        expect(new Set(keys).size).toBe(keys.length);
        tree.forEach((node, position) => {
          if (node.kind === 'leaf') return;
          const inside = namesIn(tree, position);
          expect(inside).toHaveLength(node.count);
          expect(node.count).toBeGreaterThan(1);
          expect(node.label).not.toBe('');
          for (const index of inside) expect(at(names, index).startsWith(node.key)).toBe(true);
          // More than one thing is in it: else it would be one with that.
          const direct = tree.slice(position + 1, node.end).filter(({ depth }) => depth === node.depth + 1);
          expect(direct.length).toBeGreaterThan(1);
        });
      }),
    );
  });

  it('is as another tree of the names kept would count them', () => {
    fc.assert(
      fc.property(someNames, fc.func(fc.boolean()), (names, keeps) => {
        const kept = arranged(moduleTree(names), keeps);
        expect(kept.flatMap((node) => (node.kind === 'leaf' ? [node.index] : [])).every((index) => keeps(index))).toBe(
          true,
        );
        kept.forEach((node, position) => {
          if (node.kind === 'group') expect(namesIn(kept, position)).toHaveLength(node.count);
          if (node.kind === 'group') expect(node.count).toBeGreaterThan(0);
        });
      }),
    );
  });

  it('reads 100,000 names, and names of nothing but separators', () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `model.layers.${i % 1000}.part${i % 7}.w${i}.weight`);
    const tree = moduleTree(names);
    expect(tree.filter(({ kind }) => kind === 'leaf')).toHaveLength(100_000);
    const hostile = [
      '.'.repeat(200_000),
      `${'a.'.repeat(100_000)}b`,
      `${'a.'.repeat(100_000)}c`,
      `a${'.'.repeat(200_000)}1`,
    ];
    expect(moduleTree(hostile).filter(({ kind }) => kind === 'leaf')).toHaveLength(4);
  });
});
