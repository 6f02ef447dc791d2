import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { hashOfRecipe, hasRepair, isRepairStale, withoutStaleRepair } from '../../../src/pruning/repair';

const documentation = readFileSync('docs/recipe.md', 'utf8');
const example = [...documentation.matchAll(/```json\n(.*?)```/gs)].find(([, text]) => text!.includes('"repair"'))![1]!;
const repaired = parseRecipe(example);

const edited: Recipe = { ...repaired, locked: ['conv1.weight'] };

describe('a recipe that was repaired', () => {
  it('is known by its own text, whatever it says of the repair', () => {
    expect(repaired.repair?.of).toBe(hashOfRecipe(repaired));
    const { repair: _, ...plain } = repaired;
    expect(hashOfRecipe(plain as Recipe)).toBe(hashOfRecipe(repaired));
    expect([hasRepair(repaired), isRepairStale(repaired)]).toEqual([true, false]);
  });

  it('is stale once it was edited, and as it was once that is undone', () => {
    expect([hasRepair(edited), isRepairStale(edited)]).toEqual([false, true]);
    expect(withoutStaleRepair(edited)).not.toHaveProperty('repair');
    expect(withoutStaleRepair(repaired)).toBe(repaired);
    expect(isRepairStale({ ...edited, locked: undefined } as unknown as Recipe)).toBe(false);
  });

  it('is written with its fields in order, and read again', () => {
    expect(parseRecipe(formatRecipe(repaired))).toEqual(repaired);
  });

  const wrong = (field: object) => () => parseRecipe({ ...repaired, repair: { ...repaired.repair, ...field } });

  it('is refused by the name of a field that is not as it should be', () => {
    expect(wrong({ of: 'A'.repeat(64) })).toThrow('repair.of should be a SHA-256 in 64 hexadecimal digits.');
    expect(wrong({ samples: 0 })).toThrow('repair.samples should be a whole number of samples');
    expect(wrong({ damping: -1 })).toThrow('repair.damping should be a number from 0 up');
    expect(wrong({ between: false })).toThrow('repair.between should be true, or not be there');
    expect(wrong({ file: undefined })).toThrow('repair.file should be a text');
  });
});
