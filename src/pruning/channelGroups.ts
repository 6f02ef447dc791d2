/** Channels that go together: data beside the statistics, as norms of inputs are. A graph tells them. */
import type { TensorId } from '../tensors/tensor';

/** Of an axis that is there once in a mask. Indices ascend. */
export interface SlicesOfAxis {
  readonly axis: number;
  readonly indices: readonly number[];
}

export interface Channels {
  /** Other channels or other scores have another. */
  readonly key: string;
  /** Name of the file that told them. */
  readonly graph: string;
  readonly score: UnitScore;
  readonly groups: readonly ChannelGroup[];
  readonly pinned: readonly PinnedChannels[];
}

/**
 * What scores are made of. `energy`: E[x²] of the channel times the sum of squares of what it is multiplied with. `norm figures`:
 * what batch norms say of the channel, times the norm of that. `consumers`: the norm of that alone.
 */
export type UnitScore = 'energy' | 'norm figures' | 'consumers';

/** Units that are indices of the same axes. One of them stays whatever goes. */
export interface ChannelGroup {
  readonly id: number;
  /** The first layer that gives them. */
  readonly name: string;
  /** In the order of their slots. */
  readonly units: readonly ChannelUnit[];
}

export interface ChannelUnit {
  /** Names it, in every plan and recipe of the same graph. */
  readonly slot: number;
  readonly score: number;
  /** It can go without any change to the outputs. */
  readonly dead: boolean;
  /** What the model loses with it alone. */
  readonly macs: number;
  readonly parameters: number;
  /** What becomes zero with it. */
  readonly takes: readonly TakenSlices[];
}

export interface TakenSlices extends SlicesOfAxis {
  /** Of the checkpoint. */
  readonly tensor: TensorId;
  readonly role: 'produces' | 'consumes' | 'goes along';
}

/** Channels that stay, and why. */
export interface PinnedChannels {
  readonly tensor: TensorId;
  readonly axis: number;
  readonly count: number;
  /** In words: `is an output of the model`. */
  readonly why: string;
}
