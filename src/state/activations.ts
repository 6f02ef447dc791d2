/** From the norms that a graph's inputs gave to a criterion that recipes can use. */
import type { ActivationNorms } from '../evaluation/protocol';
import { inputAxisOf } from '../tensors/axes';
import type { StudioContext } from './context';
import { setInputNorms } from './inputNorms';

/**
 * Gives the engine the norms, and makes `activation` possible for their tensors.
 * @param inputs that the model was run on, in words
 */
export async function giveActivations(
  context: StudioContext,
  norms: readonly ActivationNorms[],
  inputs: string,
  signal: AbortSignal,
): Promise<void> {
  const { layers } = context.get().checkpoint!;
  const usable = norms.filter(({ tensor, inputAxis }) => inputAxis === inputAxisOf(layers[tensor]!));
  await setInputNorms(context, new Map(usable.map((each) => [each.tensor, { norms: each.norms, inputs }])), signal);
}
