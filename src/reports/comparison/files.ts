/** A comparison as CSV, JSON, and one HTML page that needs nothing else. */
import { type CsvCell, csvText } from '../../lib/csv';
import { formatInteger, formatPercent, formatShape, formatValue } from '../../lib/numbers';
import type { ComparedTensor, Comparison, Difference } from '../../tensors/comparison/comparison';
import { changedOtherwise, verdictOn } from '../../tensors/comparison/verdict';
import { escapeHtml } from '../html/escape';
import { htmlPage } from '../html/page';
import { sentencesOn } from './sentence';
import { noteOn, stateText } from './words';

const of = (figure: (difference: Difference) => CsvCell | undefined) => (tensor: ComparedTensor) =>
  (tensor.difference && figure(tensor.difference)) ?? '';

const columns: readonly (readonly [name: string, cell: (tensor: ComparedTensor) => CsvCell])[] = [
  ['name', ({ name }) => name],
  ['other_name', ({ otherName }) => otherName ?? ''],
  ['state', ({ state }) => state],
  ['matched_by', ({ by }) => by ?? ''],
  ['dtype', ({ dtype }) => dtype],
  ['other_dtype', ({ otherDtype }) => otherDtype ?? ''],
  ['shape', ({ shape }) => shape.join('x')],
  ['other_shape', ({ otherShape }) => otherShape?.join('x') ?? ''],
  ['weights', of(({ weights }) => weights)],
  ['zeros_before', of(({ zerosBefore }) => zerosBefore)],
  ['zeros_after', of(({ zerosAfter }) => zerosAfter)],
  ['changed', of(({ changed }) => changed)],
  ['became_zero', of(({ becameZero }) => becameZero)],
  ['were_zero', of(({ wereZero }) => wereZero)],
  ['rounded', of(({ rounded }) => rounded)],
  ['relative_change', of(({ relative }) => relative)],
  ['max_abs_change', of(({ most }) => most)],
  ['cosine', of(({ cosine }) => cosine)],
  ['note', noteOn],
];

export function comparisonCsv({ tensors }: Comparison): string {
  return csvText([columns.map(([name]) => name), ...tensors.map((tensor) => columns.map(([, cell]) => cell(tensor)))]);
}

export function comparisonJson(comparison: Comparison): string {
  const verdict = verdictOn(comparison);
  const report = {
    format: 'secateur-comparison',
    version: 1,
    ...sentencesOn(comparison, verdict),
    verdict,
    ...comparison,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

export function comparisonHtml(comparison: Comparison): string {
  const { before, after, tensors } = comparison;
  const { claim, more } = sentencesOn(comparison);
  const title = escapeHtml(`${after} beside ${before}`);
  const heads = [
    'Tensor',
    'State',
    'Shape',
    'Dtype',
    'Zeros before',
    'Zeros after',
    'Changed',
    'Not by zeros',
    '‖Δ‖/‖w‖',
    'max |Δ|',
    'Cosine',
    '',
  ];
  return htmlPage(
    title,
    `<p><strong>${escapeHtml(claim)}</strong></p>
${more.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('\n')}
<table>
<thead><tr>${heads.map((head) => `<th>${head}`).join('')}</thead>
<tbody>
${tensors.map((tensor) => row(tensor, comparison)).join('\n')}
</tbody>
</table>
<p>Written by Secateur.</p>`,
  );
}

function row(tensor: ComparedTensor, comparison: Comparison): string {
  const { name, otherName, state, shape, otherShape, dtype, otherDtype, difference } = tensor;
  const both = (one: string, other: string | undefined) => (other === undefined ? one : `${one} → ${other}`);
  const cells = [
    both(name, otherName),
    stateText(state, comparison),
    both(formatShape(shape), otherShape && formatShape(otherShape)),
    both(dtype, otherDtype),
    ...(difference
      ? [
          formatPercent(difference.zerosBefore / difference.weights),
          formatPercent(difference.zerosAfter / difference.weights),
          formatPercent(difference.changed / difference.weights),
          formatInteger(changedOtherwise(tensor)),
          formatValue(difference.relative),
          formatValue(difference.most),
          difference.cosine === undefined ? '' : difference.cosine.toFixed(4),
        ]
      : Array.from({ length: 7 }, () => '')),
    noteOn(tensor),
  ];
  const kind = state === 'equal' ? '' : ' class="in"';
  return `<tr${kind}>${cells.map((cell) => `<td>${escapeHtml(cell)}`).join('')}`;
}
