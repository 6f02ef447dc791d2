import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../../src/pruning/recipe';
import type { Candidate } from '../../../../src/pruning/resolution';
import { scopeMethodOf } from '../../../../src/views/method/scopeMethod';
import { measured } from '../editor/layers';

function candidate(id: number, name: string, shape: readonly number[]): Candidate {
  const { dtype, statistics } = measured(id, name, { count: 8 });
  return { id, name, aliases: [], kind: 'linear', dtype, shape, byDefault: true, statistics };
}

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 }, ...about };
}

const [a, b, bias] = [candidate(0, 'a', [2, 4]), candidate(1, 'b', [2, 4]), candidate(2, 'bias', [8])];
const filters = rule({ granularity: { dim: 0, norm: 2 } });

describe('the method of a scope', () => {
  it('is the one its tensors share', () => {
    expect(scopeMethodOf([a!, b!], new Map([0, 1].map((id) => [id, filters])))).toEqual({
      rule: filters,
      apart: 0,
      refusing: [],
    });
  });

  it('is that of most, where amounts differ', () => {
    const byHand = rule({ amount: { threshold: 0.1 } });
    const most = rule({ scope: 'global' });
    const deciding = new Map([
      [0, byHand],
      [1, most],
      [2, most],
    ]);
    expect(scopeMethodOf([a!, b!, bias!], deciding)).toEqual({ rule: most, apart: 1, refusing: [] });
  });

  it('leaves out those that cannot take it, and says why', () => {
    const deciding = new Map([
      [0, filters],
      [2, rule()],
    ]);
    const method = scopeMethodOf([a!, bias!], deciding);
    expect(method?.rule).toBe(filters);
    expect(method?.refusing).toEqual([{ name: 'bias', why: 'groups need two dimensions, and it has one dimension' }]);
  });

  it('is none where methods differ for no such reason, or where nothing is', () => {
    const deciding = new Map([
      [0, filters],
      [1, rule()],
    ]);
    expect(scopeMethodOf([a!, b!], deciding)).toBeUndefined();
    expect(scopeMethodOf([], deciding)).toBeUndefined();
  });
});
