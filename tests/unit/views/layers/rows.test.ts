import { describe, expect, it } from 'vitest';
import { ownerIdOf, ownersOf, resolvedRows, rowsOf, shortReason } from '../../../../src/views/layers/rows';
import { counter, layer, norm } from './layers';

describe('rows of the table', () => {
  const decoder = layer(0, 'decoder.weight', { alsoNamed: [1] });
  const encoder = layer(1, 'encoder.weight', { sameAs: 0, prunable: false, reason: 'tied' });

  it('tell both of a pair of tied tensors of each other', () => {
    const [first, second] = rowsOf([decoder, encoder]);
    expect(first).toMatchObject({ owner: decoder, aliases: ['encoder.weight'] });
    expect(second).toMatchObject({ owner: decoder, aliases: [] });
    expect(ownerIdOf(encoder)).toBe(0);
  });

  it('count tied tensors once when several are meant', () => {
    expect(ownersOf([1, 0, 1], [decoder, encoder])).toEqual([decoder]);
  });

  it('name the container only where there are several', () => {
    const inside = (id: number, container: string) => layer(id, 'weight', { container });
    const containers = (...names: string[]) =>
      rowsOf(names.map((name, id) => inside(id, name))).map((r) => r.container);
    expect(containers('state_dict', 'state_dict')).toEqual(['', '']);
    expect(containers('state_dict', 'ema')).toEqual(['state_dict', 'ema']);
  });

  it('stay the same objects when outcomes change', () => {
    const rows = rowsOf([decoder, encoder]);
    const outcome = { rule: 0, program: [], pruned: 1, zeros: 1, exact: true };
    const resolved = resolvedRows(rows, new Map([[0, outcome]]));
    expect(resolved.map(({ row }) => row)).toEqual(rows);
    expect(resolved[0]!.row).toBe(rows[0]);
    expect(resolved.map((row) => row.outcome)).toEqual([outcome, undefined]);
  });
});

describe('why a row is out', () => {
  it('is said as short as a cell', () => {
    expect(shortReason(norm(0, 'bn1.weight'))).toBe('normalisation: off');
    expect(shortReason(counter(0, 'steps'))).toBe('i64: not floating point');
    expect(shortReason(layer(0, 'conv1.weight'))).toBe('switched off');
  });
});
