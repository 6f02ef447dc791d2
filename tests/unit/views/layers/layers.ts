/** Layers as opening a checkpoint would list them, with only what a test cares about spelled out. */
import type { Layer } from '../../../../src/state/checkpointSlice';

export function layer(id: number, name: string, partial: Partial<Layer> = {}): Layer {
  return {
    id,
    name,
    container: '',
    kind: 'conv',
    dtype: 'F32',
    shape: [2, 2],
    numel: 4,
    alsoNamed: [],
    prunable: true,
    byDefault: true,
    ...partial,
  };
}

export function norm(id: number, name: string): Layer {
  return layer(id, name, { kind: 'norm', byDefault: false, reason: 'normalisation: off by default' });
}

export function counter(id: number, name: string): Layer {
  return layer(id, name, {
    kind: 'integer',
    dtype: 'I64',
    prunable: false,
    byDefault: false,
    reason: 'i64: not floating point',
  });
}
