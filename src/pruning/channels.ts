/** Channels that go together: data beside the statistics, as norms of inputs are. Tensors are the open checkpoint's. */
import type { TensorId } from '../tensors/tensor';

export interface Channels {
  /** Other channels or scores have another. */
  readonly key: string;
  /** File name. */
  readonly graph: string;
  /**
   * What scores are made of. `energy`: E[x²] of the channel times the sum of squares of what it is multiplied with. `norm figures`: what
   * batch norms say of the channel, times the norm of that. `consumers`: the norm of that alone.
   */
  readonly score: 'energy' | 'norm figures' | 'consumers';
  readonly groups: readonly ChannelGroup[];
  readonly pinned: readonly PinnedChannels[];
}

/** Channels of the same axes: as many of one as of another make the model smaller. */
export interface ChannelGroup {
  readonly id: number;
  /** The first layer that gives them. */
  readonly name: string;
  readonly units: readonly ChannelUnit[];
}

export interface ChannelUnit {
  readonly slot: number;
  readonly score: number;
  /** It can go without any change to the outputs. */
  readonly dead: boolean;
  /** What the model loses with it alone. */
  readonly macs: number;
  readonly parameters: number;
  readonly takes: readonly {
    readonly tensor: TensorId;
    readonly axis: number;
    readonly indices: readonly number[];
    readonly role: 'produces' | 'consumes' | 'goes along';
  }[];
}

/** Channels that stay, with the reason in words: `is an output of the model`. */
export interface PinnedChannels {
  readonly tensor: TensorId;
  readonly axis: number;
  readonly count: number;
  readonly why: string;
}
