/** The report as JSON: the recipe, the figures of the model, and those of each tensor. */
import { type Repair, withoutStaleRepair } from '../pruning/repair';
import { orderName } from '../tensors/layerOrder';
import { outcomeRows, type ReportSource, sparsityOf, totalsOf } from './outcomeRows';
import { payoffs } from './runtimes/runtimes';
import { workOf } from './runtimes/work';

export function jsonReport(source: ReportSource): string {
  const { fileName, format, size, recipe, repair } = source;
  const rows = outcomeRows(source);
  const { measured, ...pruned } = totalsOf(rows);
  const withSparsity = <Counts extends { weights: number; zerosBefore: number; zerosAfter: number }>(
    counts: Counts,
  ) => ({
    ...counts,
    sparsityBefore: sparsityOf(counts.zerosBefore, counts.weights),
    sparsityAfter: sparsityOf(counts.zerosAfter, counts.weights),
  });
  const report = {
    format: 'secateur-report',
    version: 1,
    file: { name: fileName, format, bytes: size },
    recipe: withoutStaleRepair(recipe),
    ...(repair && { repair: aboutRepair(repair) }),
    pruned: withSparsity(pruned),
    measured: withSparsity(measured),
    runtimes: payoffs(workOf(source), { name: source.prunedName, can: source.can }).map(
      ({ runtime, command, ...judged }) => ({
        runtime: runtime.key,
        name: runtime.name,
        needs: runtime.needs,
        ...judged,
        ...(command && { command: command.text }),
      }),
    ),
    order: orderName(source),
    tensors: rows,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function aboutRepair({ inputs, samples, damping, between, tensors, leftOut }: Repair) {
  const notRepaired = leftOut.map(({ name, reason }) => ({ name, reason }));
  return { inputs, samples, damping, between, tensors: tensors.length, leftOut: notRepaired };
}
