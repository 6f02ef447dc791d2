/** PyTorch's and NumPy's own answers, made by tests/golden/pruning.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decide, roundsOf } from '../../../src/pruning/decide';
import { displayBins } from '../../../src/pruning/histogram';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Ranking } from '../../../src/pruning/ranking';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { rankingOf } from '../../../src/pruning/score';
import type { PrunableDtype } from '../../../src/tensors/dtype';
import { candidatesOf, maskOf, scoreOf, settled, type Tensor, tensorOf, written, zeroed } from './support';

interface Golden {
  readonly tensors: readonly { readonly name: string; readonly dtype: PrunableDtype; readonly bytes: string }[];
  readonly cases: readonly {
    readonly recipe: unknown;
    /** By tensor: one bit per element, the first of a byte at its top; 1 keeps. */
    readonly keeps: Readonly<Record<string, string>>;
    /** By tensor: zeros in what PyTorch leaves. */
    readonly zeros: Readonly<Record<string, number>>;
  }[];
  readonly histograms: readonly {
    readonly tensors: readonly string[];
    readonly signed: boolean;
    readonly bins: number;
    readonly edges: number[];
    readonly counts: number[];
  }[];
}

function goldenOf(name: string): Golden {
  const url = new URL(`../../golden/files/pruning/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Golden;
}

function unpackedBits(base64: string, length: number): boolean[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length }, (_, i) => ((bytes[i >> 3]! >> (7 - (i & 7))) & 1) === 1);
}

/** One element, as a case sees it. */
interface Element {
  readonly tensor: string;
  readonly index: number;
  readonly score: number;
  readonly isFinite: boolean;
  readonly goes: boolean;
  readonly goesInPyTorch: boolean;
}

/** The tensors that a recipe ranks together: of a global rule all it decides for, of any other each alone. */
function groupsOf(recipe: Recipe, tensors: readonly Tensor[]): { rule: Rule; tensors: Tensor[] }[] {
  const last = roundsOf(recipe).at(-1)!;
  const decisions = decide(last, candidatesOf(tensors));
  return last.flatMap((rule, index) => {
    const decided = tensors.filter((_, at) => decisions[at] === index);
    return rule.scope === 'global'
      ? [{ rule, tensors: decided }]
      : decided.map((tensor) => ({ rule, tensors: [tensor] }));
  });
}

/** Whether some of several equal scores may go, and others stay: after an amount, of this step or of one before. */
function leavesTies(recipe: Recipe, rule: Rule): boolean {
  const rules = 'steps' in recipe ? recipe.steps.flat() : [rule];
  return rules.some(({ amount }) => 'sparsity' in amount! || 'count' in amount!);
}

describe.each(['f64', 'f32', 'f16', 'bf16', 'mixed'])('tensors of %s', (name) => {
  const golden = goldenOf(name);
  const tensors = golden.tensors.map((tensor, id) =>
    tensorOf(tensor.dtype, new Uint8Array(Buffer.from(tensor.bytes, 'base64')), { id, name: tensor.name }),
  );
  const cases = golden.cases.map((answer) => ({ ...answer, recipe: parseRecipe(answer.recipe) }));

  it.each(cases.map((answer) => [titleOf(answer.recipe), answer] as const))('%s', (_, { recipe, keeps, zeros }) => {
    const { outcomes, pending } = settled(recipe, tensors);
    expect(pending).toEqual([]);
    const elements = new Map(
      tensors.map((tensor) => {
        const { id, name } = tensor.candidate;
        const outcome = outcomes.get(id);
        const goes = maskOf(tensor, outcome?.program);
        const kernel = written(tensor, outcome?.program);
        expect(kernel.bytes, name).toEqual(zeroed(tensor, goes));
        if (outcome) expect(outcome, name).toMatchObject({ exact: true, pruned: kernel.pruned, zeros: kernel.zeros });
        return [
          tensor,
          elementsOf(tensor, goes, keeps[name]!, outcome?.placement ? rankingOf(outcome.placement.score) : 'magnitude'),
        ];
      }),
    );
    for (const { rule, tensors: ranked } of groupsOf(recipe, tensors)) {
      const all = ranked.flatMap((tensor) => elements.get(tensor)!);
      const finite = all.filter((element) => element.isFinite);
      // NaN is neither below nor above: `abs(t) > threshold` drops it, Secateur leaves it; so with infinities.
      expect(all.filter((element) => !element.isFinite && element.goes)).toEqual([]);
      const gone = finite.filter((element) => element.goesInPyTorch);
      expect(finite.filter((element) => element.goes)).toHaveLength(gone.length);
      const boundary = leavesTies(recipe, rule) ? Math.max(...gone.map((element) => element.score)) : Number.NaN;
      const differing = finite.filter((each) => each.goes !== each.goesInPyTorch && each.score !== boundary);
      expect(differing).toEqual([]);
      // PyTorch leaves open which of equal scores go; here the first do.
      const ties = finite.filter((element) => element.score === boundary).map((element) => element.goes);
      expect(ties).toEqual([...ties].sort((a, b) => Number(b) - Number(a)));
      const sum = (of: (tensor: Tensor) => number) => ranked.reduce((total, tensor) => total + of(tensor), 0);
      expect(sum(({ candidate }) => outcomes.get(candidate.id)!.zeros)).toBe(
        sum(({ candidate }) => zeros[candidate.name]!),
      );
    }
    for (const tensor of tensors) {
      if (!outcomes.has(tensor.candidate.id))
        expect(elements.get(tensor)!.some((each) => each.goesInPyTorch)).toBe(false);
    }
  });

  it.each(golden.histograms)('draws $bins bins of $tensors (signed: $signed) as numpy does', (answer) => {
    const { signed, bins, edges, counts } = answer;
    const drawn = candidatesOf(tensors).filter((candidate) => answer.tensors.includes(candidate.name));
    const display = displayBins(drawn, { signed, bins });
    expect(Array.from(display.edges)).toEqual(edges);
    expect(Array.from(display.counts)).toEqual(counts);
  });
});

it('the golden masks do drop NaN by a threshold, and no infinity', () => {
  const { tensors, cases } = goldenOf('f32');
  const { bytes, name } = tensors.find((tensor) => tensor.name === 'awkward.weight')!;
  const { values } = tensorOf('F32', new Uint8Array(Buffer.from(bytes, 'base64')), { id: 0 });
  const keeps = unpackedBits(cases[0]!.keeps[name]!, values.length);
  expect(values.some(Number.isNaN)).toBe(true);
  expect(keeps).toEqual(values.map((value) => !Number.isNaN(value)));
});

function elementsOf({ candidate, values }: Tensor, goes: boolean[], keeps: string, ranking: Ranking): Element[] {
  return unpackedBits(keeps, values.length).map((kept, index) => ({
    tensor: candidate.name,
    index,
    score: scoreOf(ranking, values[index]!),
    isFinite: Number.isFinite(values[index]),
    goes: goes[index]!,
    goesInPyTorch: !kept,
  }));
}

function titleOf(recipe: Recipe): string {
  const rules = roundsOf(recipe).map((round) => round.map(ruleTitle).join(', '));
  return rules.join('; then ');
}

function ruleTitle({ criterion, scope, amount, tensors = [], exclude = [] }: Rule): string {
  const [[unit, number]] = Object.entries(amount!) as [[string, number]];
  const names = [...tensors, ...exclude.map((pattern) => `!${pattern}`)].join(' ');
  return [criterion, scope, unit, number, names].filter((part) => part !== '').join(' ');
}
