/** Which units a layer's outputs are part of, and what goes with each, in words. */
import { at } from '../../lib/known';
import type { ChannelGroup, Channels, ChannelUnit, PinnedChannels } from '../../pruning/channels';
import type { Layer } from '../../state/checkpointSlice';
import type { TensorId } from '../../tensors/tensor';

/** A unit as one of a layer's. */
export interface OwnUnit {
  readonly unit: ChannelUnit;
  readonly group: ChannelGroup;
  /** Its outputs of the layer, ascending. */
  readonly outputs: readonly number[];
}

/** Units that a layer gives channels of, in the order of its outputs. */
export function unitsOf(tensor: TensorId, { groups }: Channels): readonly OwnUnit[] {
  const own = groups.flatMap((group) =>
    group.units.flatMap((unit): OwnUnit[] => {
      const outputs = unit.takes.flatMap((take) =>
        take.tensor === tensor && take.role === 'produces' ? take.indices : [],
      );
      return outputs.length === 0 ? [] : [{ unit, group, outputs: outputs.toSorted((a, b) => a - b) }];
    }),
  );
  return own.sort((a, b) => at(a.outputs, 0) - at(b.outputs, 0));
}

/** Why channels of a layer stay, with what of it they are. */
export function pinnedOf({ id, axes }: Layer, { pinned }: Channels): readonly string[] {
  const outputs = new Set(axes?.outputs.map((axis) => axis));
  return pinned
    .filter(({ tensor }) => tensor === id)
    .map(({ axis, count, why }) => {
      const what = outputs.has(axis) ? 'output' : 'input';
      return `${count} ${count === 1 ? what : `${what}s`} ${count === 1 ? 'stays' : 'stay'}: ${why}`;
    });
}

/** All reasons of a model, those of most channels first: `is an output of the model (10)`. */
export function pinnedReasons(pinned: readonly PinnedChannels[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { why, count } of pinned) counts.set(why, (counts.get(why) ?? 0) + count);
  return [...counts].sort(([, a], [, b]) => b - a).map(([why, count]) => `${why} (${count})`);
}

export interface Along {
  readonly tensor: TensorId;
  readonly name: string;
  /** `gives it: output 3` */
  readonly text: string;
}

const verbs = { produces: 'gives it', consumes: 'reads it', 'goes along': 'goes along' } as const;
const nouns = { produces: 'output', consumes: 'input', 'goes along': 'index' } as const;

/** Everything that a unit takes, what gives it first. */
export function alongOf({ takes }: ChannelUnit, layers: readonly Layer[]): readonly Along[] {
  const order = ['produces', 'goes along', 'consumes'];
  return takes
    .toSorted((a, b) => order.indexOf(a.role) - order.indexOf(b.role))
    .map(({ tensor, indices, role }) => {
      const noun = nouns[role];
      return {
        tensor,
        name: at(layers, tensor).name,
        text: `${verbs[role]}: ${indices.length === 1 ? noun : noun === 'index' ? 'indices' : `${noun}s`} ${rangesText(indices)}`,
      };
    });
}

/** `3`, `3, 7`, `12–27`, `0–15, 32–47 and 2 more` */
export function rangesText(indices: readonly number[], most = 3): string {
  const ranges: { from: number; to: number }[] = [];
  for (const index of indices.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && index === last.to + 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  const words = ranges.slice(0, most).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  const more = ranges.length - words.length;
  return more > 0 ? `${words.join(', ')} and ${more} more` : words.join(', ');
}

/** What scores are made of. */
export const scoreWords: Readonly<Record<Channels['score'], string>> = {
  energy: 'how much of it arrives in the layers that read it, by the inputs at hand',
  'norm figures': 'what batch norm says of it, times the weights that read it',
  consumers: 'the norm of the weights that read it',
};
