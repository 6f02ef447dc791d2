/** What snapshots come to, as far as it has become known: of those that prune as what is shown does. */

import { metricsOf, metricValue } from '../evaluation/quality';
import { isEqual } from '../lib/equal';
import type { Evaluation } from './evaluation';
import { isPrunedAlike, repairInForce, shownEvaluation } from './repairState';
import { effectiveCosts } from './slimCosts';
import { type SlimMade, slimInForce } from './slimState';
import type { Snapshot, SnapshotQuality } from './snapshots';
import type { StudioState } from './studio';

/** The snapshots with what is known now; undefined where nothing is new. */
export function withFigures(state: StudioState): readonly Snapshot[] | undefined {
  const { resolution, settled, outcome, snapshots, slim } = state;
  if (resolution !== settled || !outcome.exact) return undefined;
  const known = figuresOf(state);
  const ofTrail = trailQuality(state);
  const filled = snapshots.map((each) => {
    const dense = each.recipe.slim ? undefined : milliseconds(slim.made, 'before');
    const now = {
      ...each,
      ...(dense !== undefined && { milliseconds: dense }),
      ...ofTrail(each),
      ...(isOfSame(each, state) && known),
      // An estimate that was made is not forgotten.
      ...(each.bytes?.of === 'gzip' && known.bytes?.of === 'file' && { bytes: each.bytes }),
    };
    return isEqual(now, each) ? each : now;
  });
  return filled.some((each, i) => each !== snapshots[i]) ? filled : undefined;
}

/** Whether a snapshot exports the model that is shown. */
function isOfSame({ recipe }: Snapshot, { repair, recipe: shown }: StudioState): boolean {
  const isRepaired = repairInForce(repair) !== undefined;
  return (
    isPrunedAlike(recipe, shown) && (recipe.repair !== undefined) === isRepaired && isEqual(recipe.slim, shown.slim)
  );
}

/** For one sample. */
function milliseconds(made: SlimMade | null | undefined, which: 'before' | 'after'): number | undefined {
  return made ? made.report.time[which].median / made.report.time.samples : undefined;
}

type Known = Pick<Snapshot, 'sparsity' | 'quality' | 'bytes' | 'macs' | 'milliseconds'>;

function figuresOf(state: StudioState): Known {
  const { checkpoint, outcome, settled, slim } = state;
  const made = slimInForce(slim);
  const quality = qualityOf(state);
  const bytes = bytesOf(state);
  const took = milliseconds(made, 'after');
  const macs =
    made?.report.after.macs ??
    (slim.costs && checkpoint && effectiveCosts(slim.costs, checkpoint.layers, settled.outcomes).effective);
  return {
    sparsity: outcome.sparsity,
    ...(quality && { quality }),
    ...(bytes && { bytes }),
    ...(took !== undefined && { milliseconds: took }),
    ...(macs !== null && macs !== undefined && { macs }),
  };
}

function bytesOf({ checkpoint, sizeEstimates, slim }: StudioState): Snapshot['bytes'] {
  const made = slimInForce(slim);
  if (made) return { of: 'slim', size: made.model.size };
  if (sizeEstimates.gzip !== undefined) return { of: 'gzip', size: sizeEstimates.gzip };
  return checkpoint ? { of: 'file', size: checkpoint.size } : undefined;
}

/** What a snapshot was evaluated to as part of the trail, on the inputs at hand. */
function trailQuality({ evaluation: { trail, inputs } }: StudioState): (snapshot: Snapshot) => Known {
  return ({ recipe }) => {
    if (recipe.slim || !inputs) return {};
    const isRepaired = recipe.repair !== undefined;
    const point = trail.findLast(
      (each) => (each.origin === 'repaired') === isRepaired && isPrunedAlike(each.recipe, recipe),
    );
    return point ? { sparsity: point.sparsity, quality: figuresIn(point.evaluation, inputs.title) } : {};
  };
}

function figuresIn(evaluation: Evaluation, inputs: string): SnapshotQuality {
  return { inputs, figures: Object.fromEntries(metricsOf(evaluation).map((id) => [id, metricValue(evaluation, id)])) };
}

function qualityOf({ evaluation, repair, slim }: StudioState): SnapshotQuality | undefined {
  const shown = slimInForce(slim)?.report.quality?.after ?? shownEvaluation(evaluation, repair);
  if (!shown || evaluation.stale || !evaluation.inputs) return undefined;
  return figuresIn(shown, evaluation.inputs.title);
}
