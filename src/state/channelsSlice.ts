/** Which channels go together: asked of the graph when something needs them, and again when it or the inputs are others. */
import { asCheckpointError } from '../lib/errors';
import type { Channels } from '../pruning/channels';
import { roundsOf } from '../pruning/decide';
import { granularityOf } from '../pruning/granularities/granularities';
import type { Recipe } from '../pruning/recipe';
import type { Follow, StudioContext } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import type { EvaluationSlice } from './evaluationSlice';
import type { StatusSlice } from './statusSlice';

export interface ChannelsSlice {
  /** Whether they are being asked for. */
  findingChannels: boolean;
  /**
   * Those of the open graph, by the inputs that are there; of an ONNX checkpoint its own, which is run first. What went wrong is said
   * through the status.
   * @returns undefined where no graph tells them
   */
  findChannels(): Promise<Channels | undefined>;
}

type Known = EvaluationStudio &
  ChannelsSlice &
  Pick<EvaluationSlice, 'canEvaluateCheckpoint' | 'evaluateCheckpoint'> &
  Pick<StatusSlice, 'status'>;

export function createChannelsSlice(
  studio: StudioContext<Known>,
  { client }: Pick<EvaluationContext, 'client'>,
): { slice: ChannelsSlice; follow: Follow<Known> } {
  const { get, set } = studio;
  /** What `channels` of the state are of. */
  let known: readonly unknown[] = [];
  let asking: { readonly of: readonly unknown[]; readonly answer: Promise<Channels | undefined> } | undefined;
  const present = ({ opened, evaluation: { graph, source } }: Known) => [opened, graph, source];
  const isSame = (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((each, i) => each === b[i]);

  const ask = async (of: readonly unknown[]): Promise<Channels | undefined> => {
    set({ findingChannels: true });
    try {
      const channels = await client.call('channels', {});
      if (!isSame(of, present(get()))) return undefined;
      known = of;
      if (get().channels?.key !== channels.key) {
        set({ channels });
        studio.refresh();
      }
      return channels;
    } catch (thrown) {
      const error = asCheckpointError(thrown);
      if (error.code !== 'cancelled') set({ status: { kind: 'error', error } });
      return undefined;
    } finally {
      if (asking?.of === of) {
        asking = undefined;
        set({ findingChannels: false });
      }
    }
  };

  const findChannels = async (): Promise<Channels | undefined> => {
    if (!get().evaluation.graph && get().canEvaluateCheckpoint()) await get().evaluateCheckpoint();
    const { graph, pairingConfirmed } = get().evaluation;
    if (!graph || !pairingConfirmed) return undefined;
    const of = present(get());
    if (isSame(of, known)) return get().channels;
    if (!asking || !isSame(asking.of, of)) asking = { of, answer: ask(of) };
    return asking.answer;
  };

  return {
    slice: { findingChannels: false, findChannels },
    follow: (now, previous) => {
      const { recipe, channels, evaluation } = now;
      const isSettled = evaluation.status.kind === 'ready' && previous.evaluation.status.kind !== 'ready';
      if (isSettled && channels && needsChannels(recipe)) void findChannels();
    },
  };
}

/** Whether some rule prunes channels that go together. */
export function needsChannels(recipe: Recipe): boolean {
  return roundsOf(recipe).some((rules) =>
    rules.some(({ granularity, off }) => !off && granularityOf(granularity).takes === 'units'),
  );
}
