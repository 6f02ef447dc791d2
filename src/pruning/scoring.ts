/** What a rule ranks in one tensor, or why it cannot. */
import { CheckpointError } from '../lib/errors';
import { inputAxisOf } from '../tensors/axes';
import { numelOf } from '../tensors/tensor';
import { groupCountOf } from './groups';
import type { Granularity, Rule } from './recipe';
import type { Candidate } from './resolution';
import { isPattern, type Score, type ScoredGroups } from './score';

/**
 * @param path of the rule, for errors
 * @throws CheckpointError `unsupported-feature` where the tensor has not what the rule needs
 */
export function scoreFor(rule: Rule, candidate: Candidate, path: string): Score {
  const refusal = refusalOf(rule, candidate);
  if (refusal) {
    throw new CheckpointError('unsupported-feature', `${path} cannot prune ${candidate.name}: ${refusal.why}.`, {
      tensor: candidate.name,
      record: path,
      advice: refusal.advice,
    });
  }
  const { criterion, granularity, seed } = rule;
  const groups = groupsIn(granularity, candidate) as ScoredGroups | undefined;
  return { criterion, ...(groups && { groups }), ...(criterion === 'random' && { seed: seed ?? 0 }) };
}

/** What a rule's granularity counts in a tensor; 0 where the tensor has none. */
export function scoresIn(granularity: Granularity, candidate: Candidate): number {
  const groups = groupsIn(granularity, candidate);
  if (!groups) return numelOf(candidate.shape);
  return 'why' in groups ? 0 : groupCountOf(candidate.shape, groups);
}

/** Why a rule cannot prune a tensor, as the end of a sentence. */
export interface Refusal {
  readonly why: string;
  readonly advice: string;
}

export function refusalOf({ criterion, granularity, scope }: Rule, candidate: Candidate): Refusal | undefined {
  if (criterion === 'magnitude_increase' && !candidate.reference) {
    return {
      why: 'magnitude_increase compares with an earlier checkpoint, and none is given that holds this tensor in the same shape and dtype',
      advice: 'Give the earlier checkpoint as the reference, or exclude this tensor.',
    };
  }
  if (criterion === 'activation' && !candidate.activations) {
    return {
      why: 'activation needs the norms of the inputs that this tensor multiplies, and they are not known',
      advice:
        'Drop the recipe together with the .norms.safetensors file that was saved with it, or evaluate the model and collect the norms first.',
    };
  }
  if (isPattern(granularity) && inputAxisOf(candidate) === undefined) {
    return { why: `an n:m pattern runs along the inputs, and it has ${dimensions(candidate)}`, advice };
  }
  if (scope === 'row' && candidate.shape.length < 2) {
    return { why: `it has no rows, only ${dimensions(candidate)}`, advice };
  }
  const groups = groupsIn(granularity, candidate);
  return groups && 'why' in groups ? groups : undefined;
}

const advice = 'Narrow the rule with tensors, exclude or kinds.';

function dimensions({ shape }: Candidate): string {
  return shape.length === 0 ? 'no dimensions' : shape.length === 1 ? 'one dimension' : `${shape.length} dimensions`;
}

function groupsIn(granularity: Granularity, candidate: Candidate): ScoredGroups | Refusal | undefined {
  if (granularity === 'weight' || isPattern(granularity)) return undefined;
  const { shape, outputAxis: outputs = 0 } = candidate;
  const inputs = inputAxisOf(candidate);
  if (inputs === undefined) return { why: `groups need two dimensions, and it has ${dimensions(candidate)}`, advice };
  if (granularity === 'kernel') {
    if (shape.length > 2) return { kind: 'kernel', outputs, inputs };
    return { why: 'it has no kernels, which the weights of convolutions have', advice };
  }
  if ('block' in granularity) return { kind: 'block', outputs, inputs, size: granularity.block };
  const { dim, norm } = granularity;
  const axis = dim < 0 ? dim + shape.length : dim;
  if (axis >= 0 && axis < shape.length) return { kind: 'dim', axis, norm };
  return { why: `there is no dimension ${dim}, it has ${dimensions(candidate)}`, advice };
}
