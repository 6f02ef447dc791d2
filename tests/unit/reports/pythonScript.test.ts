/** The script as text. tests/interop runs it. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { commentText, pythonDict, pythonFloat, pythonList, pythonString } from '../../../src/reports/python/literals';
import { pythonScript } from '../../../src/reports/pythonScript';
import type { ScriptFiles } from '../../../src/tensors/capabilities';
import { hostileNames } from '../../support/hostileNames';
import { half, layersNamed, recipeOf } from './layers';

function script(
  recipe: Recipe,
  files: ScriptFiles = 'torch.save',
  names: readonly string[] = ['a.weight', 'b.weight'],
): string {
  const layers = layersNamed(names);
  return pythonScript({ files, recipe, candidates: layers, layers });
}

const formats: readonly ScriptFiles[] = ['torch.save', 'TorchScript', 'safetensors', 'ONNX'];
const threshold: Rule = { ...half, scope: 'layer', amount: { threshold: 0.02 } };
const filters: Rule = { ...half, granularity: { dim: 0, norm: 2 }, scope: 'layer' };
const pattern: Rule = { criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' };

describe('a script', () => {
  it('says what it does, with the recipe', () => {
    const text = script(recipeOf(half));
    expect(text).toContain('prune.global_unstructured(');
    expect(text).toContain('# rules[0]: magnitude of single weights, all layers ranked together: 50.0 % go');
    expect(text).toContain('#         "sparsity": 0.5');
    expect(text).toContain('LAYERS_1 = [\n    "a.weight",\n    "b.weight",\n]');
  });

  it.each<[string, Rule, string[], string[]]>([
    ['a threshold', threshold, ['class ThresholdPruning', 'threshold=0.02'], ['def lowest', 'class Groups', 'numpy']],
    ['an amount', half, ['class LowestPruning', 'amount=0.5'], ['class ThresholdPruning', 'class Groups']],
    ['filters', filters, ['channels(layers[name], 0)', '2)'], ['class LowestPruning', 'numpy']],
    ['a pattern', pattern, ['keep_n_of_m(', 'n=2, m=4'], ['class LowestPruning', 'def lowest', 'class Groups']],
    ['chance', { ...half, criterion: 'random', seed: 7 }, ['import numpy as np', ', 7)'], ['class Groups']],
  ])('for %s holds what it needs and no more', (_, rule, needed, others) => {
    const text = script(recipeOf(rule));
    for (const part of needed) expect(text).toContain(part);
    for (const part of others) expect(text).not.toContain(part);
  });

  it('prunes shard by shard unless layers are ranked together', () => {
    expect(script(recipeOf(threshold), 'safetensors')).toContain('def prune_file(job):');
    expect(script(recipeOf(half), 'safetensors')).not.toContain('def prune_file(job):');
    for (const rule of [threshold, half]) expect(script(recipeOf(rule), 'safetensors')).toContain('--ray');
  });

  it('finds tensors in their state dict', () => {
    const layers = layersNamed(['a.weight'], 'state_dict');
    const text = pythonScript({ files: 'torch.save', recipe: recipeOf(half), candidates: layers, layers });
    expect(text).toContain('"a.weight": "state_dict.a.weight",');
  });

  describe('of several models', () => {
    const layers = layersNamed(['m.a', 'm.b', 'ema.a', 'ema.b']).map((layer) => {
      const [model, nameInModel] = layer.name.split('.') as [string, string];
      return { ...layer, model, nameInModel };
    });
    const textOf = (recipe: Recipe) => pythonScript({ files: 'safetensors', recipe, candidates: layers, layers });

    it('ranks each for itself', () => {
      const text = textOf(recipeOf(half));
      expect(text).toContain('# rules[0], m: magnitude of single weights');
      expect(text).toContain('LAYERS_1 = [\n    "m.a",\n    "m.b",\n]');
      expect(text).toContain('LAYERS_2 = [\n    "ema.a",\n    "ema.b",\n]');
      expect(text.match(/prune\.global_unstructured\(/g)).toHaveLength(2);
    });

    it('takes them together where nothing is compared', () => {
      const text = textOf(recipeOf(threshold));
      expect(text).toContain('LAYERS_1 = [\n    "m.a",\n    "m.b",\n    "ema.a",\n    "ema.b",\n]');
      expect(text).not.toContain('LAYERS_2');
    });

    it('gives a copy the masks of its model, for which all weights are needed at once', () => {
      const text = textOf({ ...recipeOf(threshold), twins: [{ of: 'm', model: 'ema' }] });
      expect(text).toContain('TWINS = {\n    "ema.a": "m.a",\n    "ema.b": "m.b",\n}');
      expect(text).toContain('NAMES = list(dict.fromkeys([*LAYERS_1, *TWINS]))');
      expect(text).toContain('write_zeros(layers[name], weights[twin])');
      expect(text).not.toContain('def prune_file(job):');
    });
  });

  it('leaves copies of a layer out of the shape that its density follows from', () => {
    const [experts, plain] = layersNamed(['experts', 'plain']);
    const axes = { copies: [0], outputs: [1], inputs: [2] };
    const layers = [{ ...experts!, shape: [4, 2, 3], axes }, plain!];
    const erk: Rule = { ...half, scope: 'erk' };
    const text = pythonScript({ files: 'torch.save', recipe: recipeOf(erk), candidates: layers, layers });
    expect(text).toContain('COPIES_1 = {\n    "experts": [0],\n    "plain": [],\n}');
    expect(text).toContain('if axis not in COPIES_1[name]] for name in LAYERS_1],');
  });

  it('asks for the earlier checkpoint that a recipe compares with', () => {
    const text = script(recipeOf({ ...half, criterion: 'magnitude_increase' }));
    expect(text).toContain('--reference');
    expect(text).toContain('def prune_weights(weights, reference):');
  });

  it.each(formats)('by activations reads the norms of their layers, and no others (%s)', (format) => {
    const recipe = recipeOf(threshold, { ...threshold, criterion: 'activation', tensors: ['b.weight'] });
    const text = script(recipe, format);
    expect(text).toContain('default=Path(__file__).with_suffix(".norms.safetensors")');
    expect(text).toContain('def prune_weights(weights, norms):');
    expect(text).toContain('products(layers[name], norms[name], outputs=0, inputs=1)');
    expect(text).toContain('NORMS = LAYERS_2');
    expect(text).toMatch(/^Needs torch.*safetensors/m);
    expect(script(recipeOf(threshold), format)).not.toContain('norms');
  });

  it.each(formats)('of an empty recipe still runs (%s)', (format) => {
    expect(script(recipeOf(), format)).toContain('NAMES = ');
  });

  it.each(formats)('holds hostile names as strings on one line (%s)', (format) => {
    const recipe = recipeOf({ ...half, tensors: hostileNames, exclude: hostileNames.slice(0, 3) });
    const text = script(recipe, format, hostileNames);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    const lines = text.split('\n');
    const start = lines.indexOf('LAYERS_1 = [');
    const end = lines.indexOf(']', start);
    for (const line of lines.slice(start + 1, end)) expect(line).toMatch(/^ {4}"(?:[^"\\]|\\.)*",$/);
    expect(lines.filter((line) => line.includes('import os'))).toEqual(
      lines
        .filter((line) => line.startsWith('    "') || line.startsWith('#'))
        .filter((line) => line.includes('import os')),
    );
  });
});

const python = process.env.SECATEUR_PYTHON ?? 'python3';

function hasPython(): boolean {
  try {
    execFileSync(python, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasPython())('literals, read by Python', () => {
  const evaluated = (expression: string): unknown =>
    JSON.parse(execFileSync(python, ['-c', `import json\nprint(json.dumps(${expression}))`], { encoding: 'utf8' }));

  it('of strings are the strings', () => {
    const texts = [...hostileNames.filter((text) => text !== '\0'), '\0', '\ud800'];
    expect(evaluated(pythonList(texts.map(pythonString)))).toEqual(texts);
  });

  it('of numbers are the numbers', () => {
    const values = [0, 1, -1, 0.1, 1e-7, 1e21, 123456789.123, Number.MIN_VALUE, Number.MAX_VALUE];
    expect(evaluated(pythonList(values.map(pythonFloat)))).toEqual(values);
    expect(evaluated(`type(${pythonFloat(1)}).__name__`)).toBe('float');
  });

  it('of dicts are the dicts', () => {
    expect(
      evaluated(
        pythonDict([
          ['"a"', '1'],
          ['"b"', '2'],
        ]),
      ),
    ).toEqual({ a: 1, b: 2 });
  });
});

it('comments stay on their line', () => {
  for (const name of hostileNames) expect(commentText(name)).toMatch(/^[\x20-\x7e]*$/);
});
