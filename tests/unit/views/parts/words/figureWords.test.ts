import { describe, expect, it } from 'vitest';
import { figureParts, goingTexts, scopeText } from '../../../../../src/views/parts/words/figureWords';

describe('what the figure of sparsity is of', () => {
  it('tells zeros that were there from those that come', () => {
    const figure = { weights: 1000, zeros: 620, zerosBefore: 20 };
    expect(goingTexts(figure)).toEqual({ going: '600 of 1,000 go', before: '20 were zero before' });
    expect(figureParts(figure)).toEqual({ before: 0.02, going: 0.6 });
    expect(goingTexts({ weights: 10, zeros: 1, zerosBefore: 1 })).toEqual({
      going: '0 of 10 go',
      before: '1 was zero before',
    });
    expect(goingTexts({ weights: 10, zeros: 1, zerosBefore: 0 })).toEqual({ going: '1 of 10 go' });
  });

  it('is nothing where nothing is in', () => {
    expect(figureParts({ weights: 0, zeros: 0, zerosBefore: 0 })).toEqual({ before: 0, going: 0 });
  });

  it('names the weights of the whole checkpoint', () => {
    expect(scopeText(108, 747_660)).toBe('108 of 747,660 weights are in pruning');
    expect(scopeText(12, 12)).toBe('all 12 weights are in pruning');
  });
});
