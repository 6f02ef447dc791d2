/** Channels of the open model in an order in which n:m patterns keep more: searched on weights alone, held against the model as it was. */
import { type PermutableSet, permutableSets, permutationPlan, type Reader } from '../../graph/slim/permutation';
import { throwIfCancelled } from '../../lib/errors';
import { at } from '../../lib/known';
import { Turns } from '../../lib/turns';
import { betterOrder, keptMagnitude, type Magnitudes, type Pattern } from '../../pruning/permutation/search';
import { numelOf } from '../../tensors/tensor';
import type { Dataset } from '../inputs/dataset';
import type { CheckpointTensor, Pairing } from '../protocol';
import type { EvaluationContext, Runnable } from '../running';
import type { Analysis } from './analysis';
import { batchesToCheck, checked, isSame } from './check';
import { checkpointPlan } from './checkpointPlan';
import type { PatternOfTensor, PermuteReport, RefusedSlim } from './protocol';
import { planned, readBeside } from './running';

export interface PermuteParts {
  readonly runnable: Runnable;
  readonly analysis: Analysis;
  /** That both models are run on. */
  readonly dataset: Dataset;
  readonly pairing: Pairing;
  readonly tensors: readonly CheckpointTensor[];
}

/** @throws CheckpointError `cancelled`, `evaluation-failed` */
export async function permute(
  parts: PermuteParts,
  patterns: readonly PatternOfTensor[],
  context: EvaluationContext,
): Promise<PermuteReport | RefusedSlim> {
  const { runnable, analysis, dataset } = parts;
  const { model, walk, contents } = analysis;
  const { signal } = context;
  const search = new Searching(parts, patterns);
  const sets = search.sets();
  if (sets.length === 0) return { refused: 'No layer with a pattern reads channels that could change places.' };
  const orders = new Map<number, Int32Array>();
  const figures: PermuteReport['sets'][number][] = [];
  const turns = new Turns();
  for (const [done, { set, readers, pattern }] of sets.entries()) {
    const name = at(readers, 0).weight.name;
    context.progress({ stage: 'slimming', done, total: sets.length, what: `ordering what goes into ${name}` });
    const matrix = search.matrixOf(readers);
    const order = await betterOrder(matrix, pattern, async () => {
      await turns.next();
      throwIfCancelled(signal);
    });
    const plain = keptMagnitude(
      matrix,
      pattern,
      order.map((_, i) => i),
    );
    const permuted = keptMagnitude(matrix, pattern, order);
    const names = readers.map(({ weight }) => model.targetsOf(weight.name)[0]?.tensor.name ?? weight.name);
    figures.push({
      readers: names,
      channels: set.units.length,
      plain,
      permuted,
      unstructured: highest(matrix, pattern),
    });
    if (permuted > plain) orders.set(set.group, order);
  }
  const plan = permutationPlan(
    walk,
    sets.map(({ set }) => set),
    orders,
  );
  if (plan.tensors.length === 0)
    return { refused: 'No other order of the channels keeps more: the search found none.' };
  context.progress({ stage: 'slimming', done: 0, total: 1, what: 'comparing it with the model as it is' });
  const bytes = await planned(model, model.graph.bytes, plan);
  const [before, after] = [await readBeside(runnable, model.graph.bytes), await readBeside(runnable, bytes)];
  const check = await checked(runnable, before, after, batchesToCheck(runnable, dataset), signal);
  if (!isSame(check))
    return { refused: 'The model with its channels in another order is withheld: it computes something else.' };
  const own = checkpointPlan({ plan, graph: contents.graph, pairing: parts.pairing, tensors: parts.tensors });
  if ('refused' in own) return own;
  return {
    sets: figures,
    tensors: own.tensors.map(({ tensor, axes }) => ({ tensor, axes })),
    difference: check.difference,
  };
}

interface Searched {
  readonly set: PermutableSet;
  readonly readers: readonly Reader[];
  readonly pattern: Pattern;
}

class Searching {
  private readonly parts: PermuteParts;
  private readonly patterns: readonly PatternOfTensor[];

  constructor(parts: PermuteParts, patterns: readonly PatternOfTensor[]) {
    this.parts = parts;
    this.patterns = patterns;
  }

  /** Those whose order decides what a pattern keeps. */
  sets(): Searched[] {
    const { walk, units } = this.parts.analysis;
    return permutableSets(walk, units.units, 4).flatMap((set): Searched[] => {
      const along = set.readers.flatMap((reader) => {
        const pattern = this.patternOf(reader);
        return pattern ? [{ reader, pattern }] : [];
      });
      // One order for all of them: by the pattern that most of the weights have.
      const [most] = along.toSorted((a, b) => numelOf(b.reader.weight.shape) - numelOf(a.reader.weight.shape));
      if (!most || set.units.length < 2 * most.pattern.m) return [];
      const { pattern } = most;
      const alike = along.filter((each) => each.pattern.n === pattern.n && each.pattern.m === pattern.m);
      return [{ set, readers: alike.map(({ reader }) => reader), pattern }];
    });
  }

  /** Where its stripes begin with the channels, and hold no others. */
  private patternOf({ weight, axis, indices }: Reader): Pattern | undefined {
    const first = at(indices, 0);
    const size = at(weight.shape, axis);
    if (!indices.every((index, i) => index === first + i)) return undefined;
    for (const { tensor, transposed } of this.parts.analysis.model.targetsOf(weight.name)) {
      const own = transposed ? 1 - axis : axis;
      const found = this.patterns.find((each) => each.tensor === tensor.id && each.axis === own);
      if (!found || first % found.m !== 0) continue;
      if (indices.length % found.m === 0 || first + indices.length === size) return found;
    }
    return undefined;
  }

  /** Of all readers together: rows of one behind those of the other. */
  matrixOf(readers: readonly Reader[]): Magnitudes {
    const { model } = this.parts.analysis;
    const inputs = at(readers, 0).indices.length;
    const rowsOf = ({ weight, axis }: Reader) => numelOf(weight.shape) / at(weight.shape, axis);
    const rows = readers.reduce((sum, reader) => sum + rowsOf(reader), 0);
    const values = new Float32Array(rows * inputs);
    let above = 0;
    for (const reader of readers) {
      const { weight, axis, indices } = reader;
      const numbers = model.numbersOf(model.graph.bytes, weight.name) ?? new Float32Array(0);
      const inner = numelOf(weight.shape.slice(axis + 1));
      const size = at(weight.shape, axis);
      const own = rowsOf(reader);
      indices.forEach((index, input) => {
        for (let row = 0; row < own; row++) {
          const place = (Math.floor(row / inner) * size + index) * inner + (row % inner);
          values[input * rows + above + row] = Math.abs(numbers[place] ?? 0);
        }
      });
      above += own;
    }
    return { rows, inputs, values };
  }
}

/** The magnitude of as many weights as the pattern keeps, wherever they stand. */
function highest({ values, rows, inputs }: Magnitudes, { n, m }: Pattern): number {
  const kept = rows * (Math.floor(inputs / m) * n + (inputs % m));
  const ascending = values.slice().sort();
  let sum = 0;
  for (let i = ascending.length - kept; i < ascending.length; i++) sum += ascending[i] ?? 0;
  return sum;
}
