/** Sensitivity: every layer pruned alone, step by step up a ladder of sparsities. */
import { at } from '../../lib/known';
import { withoutLocks } from '../../pruning/locks';
import type { Recipe } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import type { Evaluation } from '../protocol';
import type { Bench } from './bench';
import { recipePerLayer } from './layerRecipes';

/** One layer pruned alone. */
export interface SensitivityCell {
  readonly tensor: TensorId;
  /** As asked, 0 to 1. */
  readonly sparsity: number;
  readonly evaluation: Evaluation;
}

export interface SensitivityCurve {
  readonly tensor: TensorId;
  readonly name: string;
  /** Weights of the layer. */
  readonly weights: number;
  /** By ascending sparsity; shorter than the ladder while it runs, or where it was cancelled. */
  readonly cells: readonly SensitivityCell[];
}

export interface Sensitivity {
  /** Sparsities tried, ascending. */
  readonly ladder: readonly number[];
  /** One per layer that is in, in file order. */
  readonly curves: readonly SensitivityCurve[];
  readonly done: number;
  readonly total: number;
  /** Estimated from the cells done so far, before the first from what one run takes; 0 when finished. */
  readonly millisecondsLeft: number;
  readonly state: 'running' | 'finished' | 'cancelled';
}

export const defaultLadder: readonly number[] = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];

/** Whether the curves are those of these layers, complete. */
export function isComplete(sensitivity: Sensitivity | null, layers: readonly Candidate[]): sensitivity is Sensitivity {
  return (
    sensitivity?.state === 'finished' &&
    sensitivity.curves.length === layers.length &&
    sensitivity.curves.every(({ tensor }, i) => tensor === at(layers, i).id)
  );
}

/** What there is before the first evaluation. */
export interface SensitivityStart {
  /** Measured before it was cancelled: cells of these layers at steps of the ladder are not measured again. */
  readonly before?: Sensitivity | undefined;
  /** One evaluation takes about so long. */
  readonly milliseconds?: number | undefined;
}

function withCell(cells: readonly SensitivityCell[], cell: SensitivityCell): SensitivityCell[] {
  return [...cells, cell].sort((a, b) => a.sparsity - b.sparsity);
}

/**
 * @param base the recipe that the layers come from
 * @param ladder sparsities, in any order
 * @param show what is known so far: at the start, after each cell, and at the end, whichever it is; what is done stays
 *   when it is cancelled or fails
 * @throws CheckpointError whatever a run throws, `cancelled`
 */
export async function measureSensitivity(
  base: Recipe,
  layers: readonly Candidate[],
  ladder: readonly number[],
  { run }: Pick<Bench, 'run'>,
  signal: AbortSignal,
  show: (sensitivity: Sensitivity) => void,
  { before, milliseconds = 0 }: SensitivityStart = {},
): Promise<Sensitivity> {
  // Alone means that nothing else goes, what is locked included.
  const alone = withoutLocks(base);
  const steps = [...new Set(ladder)].filter((sparsity) => sparsity > 0 && sparsity <= 1).sort((a, b) => a - b);
  const total = layers.length * steps.length;
  const started = performance.now();
  const known = new Map(before?.curves.map(({ tensor, cells }) => [tensor, cells]));
  let curves = layers.map(({ id, name, statistics }): SensitivityCurve => {
    const cells = (known.get(id) ?? []).filter(({ sparsity }) => steps.includes(sparsity));
    return { tensor: id, name, weights: statistics.count, cells };
  });
  const alreadyDone = curves.reduce((sum, { cells }) => sum + cells.length, 0);
  let done = alreadyDone;
  const each = () => (done > alreadyDone ? (performance.now() - started) / (done - alreadyDone) : milliseconds);
  const soFar = (state: Sensitivity['state']): Sensitivity => ({
    ladder: steps,
    curves,
    done,
    total,
    millisecondsLeft: state === 'running' ? each() * (total - done) : 0,
    state,
  });
  show(soFar('running'));
  try {
    for (const [i, layer] of layers.entries()) {
      for (const sparsity of steps) {
        if (at(curves, i).cells.some((cell) => cell.sparsity === sparsity)) continue;
        const { evaluation } = await run(recipePerLayer(alone, [layer], [sparsity]), signal);
        const cell = { tensor: layer.id, sparsity, evaluation };
        curves = curves.map((curve, j) => (j === i ? { ...curve, cells: withCell(curve.cells, cell) } : curve));
        done++;
        show(soFar('running'));
      }
    }
  } catch (error) {
    show(soFar('cancelled'));
    throw error;
  }
  const finished = soFar('finished');
  show(finished);
  return finished;
}
