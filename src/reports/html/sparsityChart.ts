/** A bar for each layer: zeros that were there before, zeros that came, weights that stay. */
import { formatPercent } from '../../lib/numbers';
import { type OutcomeRow, sparsityOf } from '../outcomeRows';
import { escapeHtml } from './escape';

const width = 1000;
const rowHeight = 22;
const barHeight = 14;
const nameWidth = 330;
const percentWidth = 70;
const barWidth = width - nameWidth - percentWidth;
/** Of the top, where the scale is. */
const head = 20;
/** Longer names keep their end, which tells layers apart. */
const nameLength = 48;

/** An inline SVG without scripts; `rows` are measured. */
export function sparsityChart(rows: readonly OutcomeRow[]): string {
  if (rows.length === 0) return '<p>No rule decides for any tensor.</p>';
  const height = head + rows.length * rowHeight;
  const scale = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text class="axis" x="${nameWidth + share * barWidth}" y="12" text-anchor="middle">${formatPercent(share, 0)}</text>`,
  );
  const label = 'Sparsity of each layer before and after pruning';
  return `<p>Orange: zeros (pale: already there before). Blue: weights that stay.</p>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${scale.join('\n')}
${rows.map((row, i) => bar(row, head + i * rowHeight)).join('\n')}
</svg>`;
}

function bar({ name, weights, zerosBefore = 0, zerosAfter = 0 }: OutcomeRow, top: number): string {
  const before = sparsityOf(zerosBefore, weights) * barWidth;
  const after = sparsityOf(zerosAfter, weights) * barWidth;
  const rect = (kind: string, from: number, to: number) =>
    `<rect class="${kind}" x="${round(nameWidth + from)}" y="${top}" width="${round(Math.max(0, to - from))}" height="${barHeight}"/>`;
  const shown = name.length > nameLength ? `…${name.slice(1 - nameLength)}` : name;
  const percent = formatPercent(sparsityOf(zerosAfter, weights));
  const baseline = top + 11;
  return [
    `<g><title>${escapeHtml(name)}: ${formatPercent(sparsityOf(zerosBefore, weights))} before, ${percent} after</title>`,
    `<text x="${nameWidth - 8}" y="${baseline}" text-anchor="end">${escapeHtml(shown)}</text>`,
    rect('kept', Math.max(before, after), barWidth),
    rect('before', 0, Math.min(before, after)),
    rect('pruned', Math.min(before, after), after),
    `<text x="${width - percentWidth + 8}" y="${baseline}">${percent}</text></g>`,
  ].join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
