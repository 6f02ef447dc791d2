import { compare } from '../../engine/compare/compare';
import { readSide } from '../../engine/compare/side';
import { openFiles } from '../../engine/node/openFiles';
import { at } from '../../lib/known';
import { formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import { sentencesOn } from '../../reports/comparison/sentence';
import type { ComparedTensor, Comparison } from '../../tensors/comparison/comparison';
import { pathsOf } from '../checkpoint';
import { type Command, UsageError } from '../command';
import { progressOn } from '../progress';
import { tableOf } from '../table';

export const diff: Command = {
  name: 'diff',
  summary: 'compares two checkpoints, tensor by tensor; exit code 1 where they differ',
  usage: `FILE FILE
  --json               for other programs`,
  options: { json: { type: 'boolean' } },
  async run({ given, options, terminal, signal, input }) {
    if (given.length !== 2) throw new UsageError('Say which two: each a file, or the folder of one checkpoint.');
    const context = progressOn(terminal, signal);
    const opened = [];
    try {
      for (const path of given) opened.push(await openFiles(await pathsOf({ given: [path], input })));
      const sides = await Promise.all(opened.map(({ source, parts }) => readSide(source, parts)));
      const comparison = await compare(at(sides, 0), at(sides, 1), context);
      const others = comparison.tensors.filter(({ state }) => state !== 'equal');
      terminal.print(options.json ? `${JSON.stringify(comparison, null, 2)}\n` : textOf(comparison, others));
      return others.every(({ state }) => state === 'not compared') ? 0 : 1;
    } finally {
      terminal.status('');
      for (const files of opened) await files.close();
    }
  },
};

function textOf(comparison: Comparison, others: readonly ComparedTensor[]): string {
  const { before, after, tensors } = comparison;
  const counts = new Map<string, number>();
  for (const { state } of tensors) counts.set(state, (counts.get(state) ?? 0) + 1);
  const summary = [...counts].map(([state, count]) => `${formatQuantity(count, 'tensor')} ${state}`).join(', ');
  const rows = others.map(({ name, otherName, state, difference, why, shape, otherShape }) => [
    otherName === undefined ? name : `${name} → ${otherName}`,
    state,
    ...(difference
      ? [
          `${formatPercent(difference.zerosBefore / difference.weights)} → ${formatPercent(difference.zerosAfter / difference.weights)}`,
          formatPercent(difference.changed / difference.weights),
          formatValue(difference.relative),
          formatValue(difference.most),
          difference.cosine === undefined ? '' : difference.cosine.toFixed(4),
        ]
      : [why ?? (otherShape ? `${shape.join(' × ')} → ${otherShape.join(' × ')}` : '')]),
  ]);
  const head = ['tensor', '', 'zeros', 'changed', '‖Δ‖/‖w‖', 'max |Δ|', 'cosine'];
  const table = rows.length === 0 ? '' : `\n${tableOf(head, rows, new Set([3, 4, 5, 6]))}`;
  const { claim, more } = sentencesOn(comparison);
  return `${before} → ${after}: ${summary}\n${[claim, ...more].join('\n')}\n${table}`;
}
