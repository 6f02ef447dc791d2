/** From the norms that a graph's inputs gave to a criterion that recipes can use. */
import type { ActivationNorms, InputSummary } from '../evaluation/protocol';
import { plainAxesOf } from '../tensors/axes';
import type { TensorId } from '../tensors/tensor';
import type { CheckpointSlice, InputNorms } from './checkpointSlice';
import type { StudioContext } from './context';
import { axesOf, setInputNorms } from './inputNorms';

/**
 * Gives the engine the norms, and makes `activation` possible for their tensors.
 * @param inputs that the model was run on, from the first on
 */
export async function giveActivations(
  context: StudioContext<CheckpointSlice>,
  norms: readonly ActivationNorms[],
  { title, samples }: Pick<InputSummary, 'title' | 'samples'>,
  signal: AbortSignal,
): Promise<void> {
  const { layers } = context.get().checkpoint!;
  const usable = norms.filter(({ tensor, inputAxis }) => inputAxis === plainAxesOf(layers[tensor]!)?.inputs);
  const given = usable.map(({ tensor, norms: ofInputs, samples: seen }): [TensorId, InputNorms] => [
    tensor,
    { norms: ofInputs, ...axesOf(layers[tensor]!), inputs: seen < samples ? `the first ${seen} of ${title}` : title },
  ]);
  await setInputNorms(context, new Map(given), signal);
}
