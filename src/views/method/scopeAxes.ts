/** What the dimensions of the tensors in scope mean, as far as they agree. */
import type { NamedAxes } from '../../pruning/granularities/granularity';
import type { Candidate } from '../../pruning/resolution';
import { inputAxisOf } from '../../tensors/axes';

/** Where they do not agree: as most checkpoints have them, outputs first. */
export function axesOf(candidates: readonly Candidate[]): NamedAxes {
  const [first] = candidates;
  const outputsOf = ({ axes: known }: Candidate) => known?.outputs[0] ?? 0;
  const outputs = first ? outputsOf(first) : 0;
  const agree = candidates.every((candidate) => outputsOf(candidate) === outputs);
  const inputs = first && agree ? inputAxisOf(first) : undefined;
  return {
    outputs: agree ? outputs : 0,
    inputs: inputs ?? 1,
    isConv: candidates.some(({ kind }) => kind === 'conv'),
  };
}
