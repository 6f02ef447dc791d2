/** What a rule ranks in one tensor, or why it cannot. */
import { CheckpointError } from '../lib/errors';
import { type Axes, inputAxisOf, kernelAxesOf, plainAxesOf, rowAxesOf } from '../tensors/axes';
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
  return {
    criterion,
    ...(groups && { groups }),
    ...(criterion === 'random' && { seed: seed ?? 0 }),
    ...(criterion === 'activation' && candidate.axes && { axes: candidate.axes }),
  };
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
  if (criterion === 'activation' && !plainAxesOf(candidate)) return unknownAxes(candidate) ?? severalAxes;
  if (isPattern(granularity) && inputAxisOf(candidate) === undefined) {
    return (
      unknownAxes(candidate) ?? {
        why: `an n:m pattern runs along the inputs, and it has ${dimensions(candidate)}`,
        advice,
      }
    );
  }
  if (scope === 'row' && !rowAxesOf(candidate)) {
    return unknownAxes(candidate) ?? { why: `it has no rows, only ${dimensions(candidate)}`, advice };
  }
  const groups = groupsIn(granularity, candidate);
  return groups && 'why' in groups ? groups : undefined;
}

const advice = 'Narrow the rule with tensors, exclude or kinds.';

const severalAxes: Refusal = { why: 'its outputs or inputs are counted by several dimensions together', advice };

function dimensions({ shape }: Candidate): string {
  return shape.length === 0 ? 'no dimensions' : shape.length === 1 ? 'one dimension' : `${shape.length} dimensions`;
}

/** Why nothing can be said along outputs or inputs of a tensor that may well have some. */
function unknownAxes({ shape, axes }: Candidate): Refusal | undefined {
  if (axes || shape.length < 2) return undefined;
  return {
    why: 'nothing in the file tells which of its dimensions are outputs and which inputs',
    advice: 'Set its axes by hand, or narrow the rule with tensors, exclude or kinds.',
  };
}

/** Copies of a layer have groups of their own. */
function copiesOf(axes: Axes | undefined): { readonly copies?: readonly number[] } {
  return axes?.copies ? { copies: axes.copies } : {};
}

function groupsIn(granularity: Granularity, candidate: Candidate): ScoredGroups | Refusal | undefined {
  if (granularity === 'weight' || isPattern(granularity)) return undefined;
  const { shape, axes } = candidate;
  if (shape.length < 2) return { why: `groups need two dimensions, and it has ${dimensions(candidate)}`, advice };
  if (granularity === 'kernel' || 'block' in granularity) {
    const refusal = unknownAxes(candidate);
    if (refusal) return refusal;
    const plain = plainAxesOf(candidate);
    if (!plain) return severalAxes;
    if (granularity !== 'kernel') return { kind: 'block', ...plain, ...copiesOf(axes), size: granularity.block };
    if (kernelAxesOf(candidate).length > 0) return { kind: 'kernel', ...plain, ...copiesOf(axes) };
    return { why: 'it has no kernels, which the weights of convolutions have', advice };
  }
  const { dim, norm } = granularity;
  const axis = dim < 0 ? dim + shape.length : dim;
  if (axis >= 0 && axis < shape.length) return { kind: 'dim', axis, norm };
  return { why: `there is no dimension ${dim}, it has ${dimensions(candidate)}`, advice };
}
