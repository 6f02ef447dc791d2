/** What a rule ranks in one tensor, or why it cannot. */
import { CheckpointError } from '../lib/errors';
import { plainAxesOf, rowAxesOf } from '../tensors/axes';
import { numelOf } from '../tensors/tensor';
import { type Criterion, factsOf } from './criteria/criteria';
import { type Granularity, granularityOf } from './granularities/granularities';
import { groupCountOf } from './groups';
import type { Rule } from './recipe';
import { dimensionsOf, narrow, type Refusal, severalAxes, unknownAxes } from './refusal';
import type { Candidate } from './resolution';
import { scopeOf } from './scopes/scopes';
import type { Score, ScoredGroups } from './score';
import { unitsGivenBy } from './unitScores';

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
  const { need, axes } = factsOf(criterion);
  const groups = groupsIn(granularity, candidate);
  return {
    criterion,
    ...(groups && !('why' in groups) && { groups }),
    ...(need === 'seed' && { seed: seed ?? 0 }),
    ...(axes && candidate.axes && { axes: candidate.axes }),
  };
}

/** What a rule's granularity counts in a tensor; 0 where the tensor has none. */
export function scoresIn(granularity: Granularity, candidate: Candidate): number {
  if (granularityOf(granularity).takes === 'units') return unitsGivenBy(candidate);
  const groups = groupsIn(granularity, candidate);
  if (!groups) return numelOf(candidate.shape);
  return 'why' in groups ? 0 : groupCountOf(candidate.shape, groups);
}

export function refusalOf(
  { criterion, granularity, scope }: Pick<Rule, 'criterion' | 'granularity' | 'scope'>,
  candidate: Candidate,
): Refusal | undefined {
  const missing = missingFor(criterion, candidate);
  if (missing) return missing;
  const record = granularityOf(granularity);
  if (record.takes === 'units') return candidate.channels ? undefined : withoutGraph;
  if (record.takes === 'patterns') {
    const pattern = record.patternIn(granularity, candidate);
    if ('why' in pattern) return pattern;
  }
  if (scopeOf(scope).takes === 'rows' && !rowAxesOf(candidate)) {
    return unknownAxes(candidate) ?? withoutRows(candidate);
  }
  const groups = groupsIn(granularity, candidate);
  return groups && 'why' in groups ? groups : undefined;
}

const withoutGraph: Refusal = {
  why: 'which channels go together is told by a graph of the model, and none is open',
  advice: 'Open the ONNX model that the checkpoint was exported to under Evaluation, then apply the recipe again.',
};

/** What a criterion goes by beside the weights, where a tensor has it not. */
function missingFor(criterion: Criterion, candidate: Candidate): Refusal | undefined {
  const { need, axes } = factsOf(criterion);
  if (need === 'reference' && !candidate.reference) {
    return {
      why: `${criterion} compares with an earlier checkpoint, and none is given that holds this tensor in the same shape and dtype`,
      advice: 'Give the earlier checkpoint as the reference, or exclude this tensor.',
    };
  }
  const isUnknown = (need === 'norms' && !candidate.inputNorms) || (need === 'moments' && !candidate.inputMoments);
  if (isUnknown) {
    return {
      why: `${criterion} needs the ${need} of the inputs that this tensor multiplies, and they are not known`,
      advice: `Drop the recipe together with the .norms.safetensors file that was saved with it, or evaluate the model and collect the ${need} first.`,
    };
  }
  if (axes === 'plain' && !plainAxesOf(candidate)) return unknownAxes(candidate) ?? severalAxes;
  return axes === 'rows' && !rowAxesOf(candidate) ? (unknownAxes(candidate) ?? withoutRows(candidate)) : undefined;
}

/** What goes together of a tensor, or why it has none of that; undefined: single weights, or a pattern of them. */
function withoutRows(candidate: Candidate): Refusal {
  return { why: `it has no rows, only ${dimensionsOf(candidate)}`, advice: narrow };
}

export function groupsIn(granularity: Granularity, candidate: Candidate): ScoredGroups | Refusal | undefined {
  const record = granularityOf(granularity);
  if (record.takes !== 'groups') return undefined;
  if (candidate.shape.length < 2) {
    return { why: `groups need two dimensions, and it has ${dimensionsOf(candidate)}`, advice: narrow };
  }
  return record.groupsIn(granularity, candidate);
}
