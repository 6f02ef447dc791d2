/** The rows that the table shows, as CSV: figures as they are, in columns of their own. */
import type { CsvCell } from '../../lib/csv';
import { isDecided, type Outcome } from '../../pruning/resolution';
import type { Multiplications } from '../../state/slimCosts';
import type { TensorId } from '../../tensors/tensor';
import { largestMagnitude, nonFinite } from './columns';
import type { LayerRow } from './rows';

const header = [
  ...['name', 'kind', 'shape', 'dtype', 'parameters', 'in', 'threshold', 'zeros before', 'zeros after', 'sparsity'],
  ...['mean', 'std', 'max |w|', 'nan or inf', 'macs'],
];

/** @param rows in their order on the screen. Cells of what is not known are empty */
export function layerCsvRows(
  rows: readonly LayerRow[],
  outcomes: ReadonlyMap<TensorId, Outcome>,
  macs?: ReadonlyMap<TensorId, Multiplications>,
): CsvCell[][] {
  const lines = rows.map(({ layer, owner }) => {
    const { name, kind, shape, dtype, numel, statistics } = layer;
    const outcome = owner.numel === numel ? outcomes.get(owner.id) : undefined;
    const zeros = outcome?.zeros ?? statistics?.zeros;
    return [
      ...[name, kind, shape.join(' x '), dtype, numel, isDecided(outcomes, owner.id) ? 1 : 0],
      ...[outcome?.placement?.threshold ?? '', statistics?.zeros ?? '', zeros ?? ''],
      ...[zeros === undefined || numel === 0 ? '' : zeros / numel],
      ...[statistics?.mean ?? '', statistics?.std ?? '', largestMagnitude(statistics) ?? ''],
      ...[nonFinite(statistics) ?? '', macs?.get(layer.id)?.macs ?? ''],
    ];
  });
  return [header, ...lines];
}
