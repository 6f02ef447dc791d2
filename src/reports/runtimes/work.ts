/** What multiplies in a model: its weights with what the masks leave of them, as runtimes that skip zeros see it. */
import { noRule, type Outcome, type Program } from '../../pruning/resolution';
import type { Axes } from '../../tensors/axes';
import type { Dtype } from '../../tensors/dtype';
import type { LayerKind, TensorId } from '../../tensors/tensor';
import type { ReportedLayer } from '../outcomeRows';

/** The weights of one layer. */
export interface Work {
  readonly name: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly axes?: Axes;
  readonly weights: number;
  /** Once the masks have applied. */
  readonly zeros: number;
  /** Patterns that the masks leave in all of it: none has a tail outside of its strips. */
  readonly patterns: readonly NOfM[];
  /** Share of its weights in filters or channels that go whole. */
  readonly whole: number;
  /** Multiplications of one inference. Absent: no graph is open, or it does not use it. */
  readonly macs?: number;
}

/** Of every `m` neighbours along `axis` at most `n` are left. */
export interface NOfM {
  readonly n: number;
  readonly m: number;
  readonly axis: number;
}

const multiplies: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'unknown']);

export interface WorkSource {
  readonly layers: readonly ReportedLayer[];
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  /** Of one inference, by tensor, where a graph is open. */
  readonly macs?: ReadonlyMap<TensorId, number> | undefined;
}

/** Of all measured weights that multiply, pruned or not; what shares the weights of another is counted there. */
export function workOf({ layers, outcomes, macs }: WorkSource): Work[] {
  return layers.flatMap((layer): Work[] => {
    const { id, name, kind, dtype, shape, axes, sameAs, statistics } = layer;
    if (!statistics || sameAs !== undefined || shape.length < 2 || !multiplies.has(kind)) return [];
    const outcome = outcomes.get(id);
    const weights = statistics.count;
    const zeros = outcome?.zeros ?? statistics.zeros;
    const program = outcome?.program ?? [];
    const done = macs?.get(id);
    return [
      {
        name,
        kind,
        dtype,
        shape,
        ...(axes && { axes }),
        weights,
        zeros,
        // What is not a number stays, wherever it stands.
        patterns: statistics.nan + statistics.inf > 0 ? [] : patternsIn(program, shape),
        whole:
          outcome && outcome.rule !== noRule ? wholeShare(program, outcome.pruned / Math.max(1, weights), axes) : 0,
        ...(done !== undefined && { macs: done }),
      },
    ];
  });
}

/** Repaired weights are zero where the masks before them took some. */
function patternsIn(program: Program, shape: readonly number[]): NOfM[] {
  return program.flatMap((mask): NOfM[] => {
    if (mask.kind === 'same') return patternsIn(mask.program, shape);
    if (mask.kind !== 'pattern') return [];
    const { n, m, axis } = mask;
    return (shape[axis] ?? 0) % m === 0 ? [{ n, m, axis }] : [];
  });
}

/** Where every mask takes filters, or every one channels. @param pruned share that all masks took */
function wholeShare(program: Program, pruned: number, axes: Axes | undefined): number {
  const masks = program.filter(({ kind }) => kind !== 'values');
  if (masks.length === 0 || !axes) return 0;
  const isAlong = (wanted: readonly number[]) =>
    masks.every((mask) => {
      if (mask.kind === 'same') return wholeShare(mask.program, pruned, axes) > 0;
      if (mask.kind !== 'threshold' || !mask.score.groups) return false;
      const along = mask.score.groups.axes;
      return along.length === wanted.length && along.every(({ axis, size }) => size === 1 && wanted.includes(axis));
    });
  return isAlong(axes.outputs) || isAlong(axes.inputs) ? pruned : 0;
}
