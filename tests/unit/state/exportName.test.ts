/** What a person may call the exported file. */
import { describe, expect, it } from 'vitest';
import { exportName, extensionOf } from '../../../src/state/exportName';

describe('the name of an export', () => {
  it('keeps the extension of the original, whatever it is', () => {
    expect(extensionOf('net.pth')).toBe('.pth');
    expect(extensionOf('model_best.pth.tar')).toBe('.pth.tar');
    expect(extensionOf('weights')).toBe('');
    expect(exportName('half', '.pth')).toEqual({ name: 'half.pth' });
    expect(exportName(' half.PTH ', '.pth')).toEqual({ name: 'half.pth' });
    expect(exportName('halb so groß 50 %', '.pth.tar')).toEqual({ name: 'halb so groß 50 %.pth.tar' });
    expect(exportName('weights', '')).toEqual({ name: 'weights' });
  });

  it.each(['', '  ', '.pth', 'a/b', 'a\\b', 'a:b', 'what?', '.hidden', 'end.', 'a\tb', 'con', 'x'.repeat(300)])(
    'is not %j, and says why',
    (typed) => {
      expect(exportName(typed, '.pth')).toEqual({ refused: expect.stringMatching(/^.+\.$/) });
    },
  );
});
