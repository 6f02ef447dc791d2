import { describe, expect, it } from 'vitest';
import type { Channels, ChannelUnit } from '../../../../src/pruning/channels';
import { alongOf, pinnedReasons, rangesText, unitsOf } from '../../../../src/views/slim/goesTogether';
import { checkpoint } from '../../state/fakeEngine';

const { layers } = checkpoint('model.onnx');

function unit(slot: number, output: number): ChannelUnit {
  return {
    slot,
    score: output,
    dead: false,
    macs: 10,
    parameters: 3,
    takes: [
      { tensor: 2, axis: 1, indices: [output * 2, output * 2 + 1], role: 'consumes' },
      { tensor: 1, axis: 0, indices: [output], role: 'goes along' },
      { tensor: 0, axis: 0, indices: [output], role: 'produces' },
    ],
  };
}

const channels = {
  key: 'k',
  graph: 'model.onnx',
  score: 'consumers',
  groups: [{ id: 0, name: 'conv.weight', units: [unit(9, 1), unit(4, 0)] }],
  pinned: [
    { tensor: 2, axis: 0, count: 10, why: 'is an output of the model' },
    { tensor: 1, axis: 0, count: 2, why: 'LayerNormalization over channels' },
    { tensor: 0, axis: 1, count: 3, why: 'is an output of the model' },
  ],
} satisfies Channels;

describe('what goes together', () => {
  it('is shown by the outputs of the layer that gives it, in their order', () => {
    expect(unitsOf(0, channels).map(({ outputs }) => outputs)).toEqual([[0], [1]]);
    expect(unitsOf(2, channels)).toEqual([]);
  });

  it('is everything that the removal takes, what gives it first', () => {
    expect(alongOf(unit(4, 3), layers)).toEqual([
      { tensor: 0, name: 'conv.weight', text: 'gives it: output 3' },
      { tensor: 1, name: 'norm.weight', text: 'goes along: index 3' },
      { tensor: 2, name: 'fc.weight', text: 'reads it: inputs 6–7' },
    ]);
  });

  it('names the reasons of what stays, those of most channels first', () => {
    expect(pinnedReasons(channels.pinned)).toEqual([
      'is an output of the model (13)',
      'LayerNormalization over channels (2)',
    ]);
  });

  it('says many indices as ranges', () => {
    expect(rangesText([0, 1, 2, 7])).toBe('0–2, 7');
    expect(rangesText([1, 3, 5, 7, 9])).toBe('1, 3, 5 and 2 more');
  });
});
