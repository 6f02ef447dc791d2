import { describe, expect, it } from 'vitest';
import type { Layer, OpenedCheckpoint } from '../../../src/state/checkpointSlice';
import { fileSummary } from '../../../src/views/shell/fileSummary';

function layer(id: number, changes: Partial<Layer>): Layer {
  return {
    id,
    name: `tensor${id}`,
    container: '',
    kind: 'linear',
    dtype: 'F32',
    shape: [10],
    numel: 10,
    alsoNamed: [],
    prunable: true,
    byDefault: true,
    ...changes,
  };
}

function checkpoint(...layers: Layer[]): OpenedCheckpoint {
  return {
    fileName: 'x.pth',
    parts: [{ name: 'x.pth', start: 0, end: 1 }],
    size: 1,
    format: 'PyTorch zip',
    can: { script: 'torch.save' },
    layers,
    models: [],
    notes: [],
  };
}

describe('fileSummary', () => {
  it('counts what is learned: no buffers, no optimizer state, no integers, and tied weights once', () => {
    const summary = fileSummary(
      checkpoint(
        layer(0, { numel: 100 }),
        layer(1, { numel: 100, sameAs: 0, sharesWith: [0] }),
        layer(2, { kind: 'bias', numel: 5 }),
        layer(3, { kind: 'buffer', numel: 7 }),
        layer(4, { kind: 'optimizer', numel: 100 }),
        layer(5, { kind: 'integer', dtype: 'I64', numel: 1 }),
      ),
    );
    expect(summary).toEqual({ tensors: 6, parameters: 105, dtypes: 'f32' });
  });

  it('names the commonest dtype first', () => {
    const summary = fileSummary(checkpoint(layer(0, { numel: 5 }), layer(1, { dtype: 'BF16', numel: 50 })));
    expect(summary.dtypes).toBe('bf16, f32');
  });

  it('says nothing of dtypes where there are no parameters', () => {
    expect(fileSummary(checkpoint())).toEqual({ tensors: 0, parameters: 0, dtypes: '' });
  });
});
