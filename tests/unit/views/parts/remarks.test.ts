import { describe, expect, it } from 'vitest';
import type { StudioState } from '../../../../src/state/studio';
import { remarksOf } from '../../../../src/views/parts/remarks/remarks';
import { demoState } from '../../../support/demoStudio';

const { checkpoint } = demoState(12) as StudioState;

describe('remarksOf', () => {
  it('puts the worst first, whatever it is about', () => {
    const remarks = remarksOf({
      checkpoint: { ...checkpoint!, notes: [{ severity: 'info', text: 'note' }], readOnly: 'deflated' },
      warnings: [
        { code: 'non-finite', severity: 'info', text: 'NaN', tensors: [1] },
        { code: 'layer-emptied', severity: 'danger', text: 'emptied', tensors: [2] },
      ],
    });
    expect(remarks.map(({ severity }) => severity)).toEqual(['danger', 'warning', 'info', 'info']);
    expect(remarks[1]!.text).toContain('deflated');
  });

  it('has nothing to say of a sound checkpoint', () => {
    expect(remarksOf({ checkpoint, warnings: [] })).toEqual([]);
  });
});
