/** From the norms that a graph's inputs gave to a criterion that recipes can use. */
import { candidatesOf } from '../engine/candidates';
import type { ActivationNorms } from '../evaluation/protocol';
import { inputAxisOf } from '../tensors/axes';
import { forgetScoresBy } from './answers';
import type { StudioContext } from './context';

/** Gives the engine the norms, and makes `activation` possible for their tensors. */
export async function giveActivations(
  context: StudioContext,
  norms: readonly ActivationNorms[],
  signal: AbortSignal,
): Promise<void> {
  const { layers } = context.get().checkpoint!;
  const usable = norms.filter(({ tensor, inputAxis }) => inputAxis === inputAxisOf(layers[tensor]!));
  const byTensor = new Map(usable.map((each) => [each.tensor, each.norms]));
  await context.engine.call('setActivations', { norms: byTensor }, { signal });
  context.activations = new Set(byTensor.keys());
  forgetScoresBy('activation', context.answers);
  const references = new Set(context.get().reference?.matched);
  // The same program now means another mask.
  context.set({ candidates: candidatesOf(layers, { references, activations: context.activations }), picture: null });
  context.refresh();
}
