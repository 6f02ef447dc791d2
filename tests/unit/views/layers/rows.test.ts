import { describe, expect, it } from 'vitest';
import { resolvedRows, rowsOf, shortReason } from '../../../../src/views/layers/rows';
import { counter, layer, norm } from './layers';

describe('rows of the table', () => {
  const decoder = layer(0, 'decoder.weight', { alsoNamed: [1] });
  const encoder = layer(1, 'encoder.weight', { sameAs: 0, prunable: false, reason: 'tied' });

  it('tell both of a pair of tied tensors of each other', () => {
    const [first, second] = rowsOf([decoder, encoder]);
    expect(first).toMatchObject({ owner: decoder, aliases: ['encoder.weight'] });
    expect(second).toMatchObject({ owner: decoder, aliases: [] });
  });

  it('say what tensors have in common', () => {
    const parts = [1, 2].map((id) => layer(id, `${id}.weight`, { sharedBy: [0] }));
    const flat = layer(0, 'flat', { sharesWith: [1, 2], prunable: false });
    const view = layer(3, 'first', { sameAs: 1, sharesWith: [1], numel: 1, prunable: false });
    const whole = layer(4, 'again', { sameAs: 1, sharesWith: [1], numel: parts[0]!.numel, prunable: false });
    expect(rowsOf([flat, ...parts, view, whole]).map(({ sharing }) => sharing)).toEqual([
      'shares weights with 1.weight, 2.weight',
      'weights of it are also in flat',
      'weights of it are also in flat',
      'part of 1.weight',
      'the same weights as 1.weight',
    ]);
    expect(rowsOf([layer(0, 'alone')])[0]!.sharing).toBeUndefined();
  });

  it('are as short as a tip where a flat buffer has many', () => {
    const many = Array.from({ length: 20 }, (_, id) => layer(id, String(id)));
    const flat = rowsOf([...many, layer(20, 'flat', { sharesWith: many.map(({ id }) => id) })])[20]!;
    expect(flat.sharing).toBe('shares weights with 0, 1, 2, 3, 4, 5, 6, 7 and 12 more');
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
