import { formatBytes, formatPercent, formatQuantity, formatShape } from '../../lib/numbers';
import { parseRecipe } from '../../pruning/parseRecipe';
import { jsonReport } from '../../reports/jsonReport';
import { outcomeRows, sparsityOf, totalsOf } from '../../reports/outcomeRows';
import { reportOf, withCheckpoint } from '../checkpoint';
import type { Command } from '../command';
import { tableOf } from '../table';

const nothing = parseRecipe({ format: 'secateur-recipe', version: 1, rules: [] });

export const inspect: Command = {
  name: 'inspect',
  summary: 'what a checkpoint holds: tensors, shapes, kinds, zeros',
  usage: `FILE…
  --json               for other programs`,
  options: { json: { type: 'boolean' } },
  run: (call) =>
    withCheckpoint(call, nothing, async (open) => {
      const source = reportOf(open, nothing);
      if (call.options.json) {
        call.terminal.print(jsonReport(source));
        return 0;
      }
      const { fileName, format, size, layers, notes, readOnly } = open.session.opened;
      const rows = outcomeRows(source);
      const { measured } = totalsOf(rows);
      const byName = new Map(layers.map((layer) => [layer.name, layer]));
      const cells = rows.map(({ name, kind, dtype, shape, weights, zerosBefore }) => [
        name,
        kind,
        dtype,
        formatShape(shape),
        zerosBefore === undefined ? '' : formatPercent(sparsityOf(zerosBefore, weights)),
        byName.get(name)?.reason ?? '',
      ]);
      const shares =
        measured.weights > 0 ? formatPercent(sparsityOf(measured.zerosBefore, measured.weights)) : 'nothing';
      call.terminal.print(
        [
          `${fileName}: ${format}, ${formatBytes(size)}, ${formatQuantity(layers.length, 'tensor')}, ${shares} of ${formatQuantity(measured.weights, 'weight')} zero\n`,
          ...[...notes.map(({ text }) => text), ...(readOnly ? [readOnly] : [])].map((text) => `${text}\n`),
          '\n',
          tableOf(
            ['tensor', 'kind', 'dtype', 'shape', 'zeros', 'not pruned by default, as it is'],
            cells,
            new Set([4]),
          ),
        ].join(''),
      );
      return 0;
    }),
};
