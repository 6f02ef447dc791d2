/** The report as one HTML page that needs nothing else: no scripts, no fonts, no network. */
import { formatBytes, formatInteger, formatPercent, formatShape } from '../lib/numbers';
import { roundsOf, rulePath } from '../pruning/decide';
import { formatRecipe } from '../pruning/parseRecipe';
import type { Recipe } from '../pruning/recipe';
import { fittedTo, isRepairStale, withoutStaleRepair } from '../pruning/repair';
import { orderName } from '../tensors/layerOrder';
import { describeRule } from './describe';
import { escapeHtml } from './html/escape';
import { htmlPage } from './html/page';
import { sparsityChart } from './html/sparsityChart';
import { type OutcomeRow, outcomeRows, type ReportSource, repairInWords, sparsityOf, totalsOf } from './outcomeRows';
import { payoffs, verdictOf } from './runtimes/runtimes';
import { workOf } from './runtimes/work';

export function htmlReport(source: ReportSource): string {
  const { fileName, format, size, recipe } = source;
  const rows = outcomeRows(source);
  const totals = totalsOf(rows);
  const measured = rows.filter((row) => row.zerosAfter !== undefined);
  return htmlPage(
    `Pruning of ${escapeHtml(fileName)}`,
    `<p>${escapeHtml(format)}, ${formatBytes(size)}. The pruned file is as large: dense formats store zeros. Written by Secateur.</p>
${summary(totals)}
<h2>Recipe</h2>
<ol>${ruleItems(recipe)}</ol>
${repairText(source)}<details><summary>As JSON</summary><pre>${escapeHtml(formatRecipe(withoutStaleRepair(recipe)))}</pre></details>
<h2>Sparsity by layer, in ${orderName(source)}</h2>
${sparsityChart(measured.filter(({ isIn }) => isIn))}
${runtimesText(source)}<h2>Tensors</h2>
<table>
<thead><tr><th>Name<th>Kind<th>Dtype<th>Shape<th>Weights<th>Size<th>Before<th>After<th>Masks</thead>
<tbody>
${rows.map(tableRow).join('\n')}
</tbody>
</table>`,
  );
}

function summary({ weights, zerosBefore, zerosAfter, measured }: ReturnType<typeof totalsOf>): string {
  const line = (label: string, count: { weights: number; zerosBefore: number; zerosAfter: number }) =>
    `<tr><th>${label}<td>${formatInteger(count.weights)}<td>${formatPercent(sparsityOf(count.zerosBefore, count.weights))}<td><b>${formatPercent(sparsityOf(count.zerosAfter, count.weights))}</b>`;
  return `<table class="summary">
<thead><tr><td><th>Weights<th>Sparsity before<th>Sparsity after</thead>
<tbody>
${line('Tensors that are pruned', { weights, zerosBefore, zerosAfter })}
${line('All floating point tensors', measured)}
</tbody>
</table>`;
}

function ruleItems(recipe: Recipe): string {
  const items = roundsOf(recipe).flatMap((rules, round) =>
    rules.map((rule, index) => {
      const { name, off, tensors, exclude, kinds } = rule;
      const where = [
        tensors && `tensors ${tensors.join(', ')}`,
        exclude && `without ${exclude.join(', ')}`,
        kinds && `kinds ${kinds.join(', ')}`,
      ].filter((part) => part !== undefined);
      const what = [describeRule(rule), ...where, ...(off ? ['off'] : [])].join('; ');
      const text = name ? `${name}: ${what}` : what;
      return `<li><code>${escapeHtml(rulePath(recipe, round, index))}</code> ${escapeHtml(text)}</li>`;
    }),
  );
  return items.length === 0 ? '<li>Nothing is pruned.</li>' : items.join('\n');
}

/** What was repaired, what was not and why, or that a repair is left out. */
function repairText({ recipe, repair }: ReportSource): string {
  if (!repair) {
    return isRepairStale(recipe)
      ? '<p>The recipe was changed after it was repaired: that repair is left out.</p>\n'
      : recipe.repair
        ? '<p>The recipe was repaired; these are the figures without its repaired weights.</p>\n'
        : '';
  }
  const { tensors, damping, between, leftOut } = repair;
  const when = between ? 'between the steps and after them' : 'after pruning';
  const names = tensors.map(({ name }) => escapeHtml(name)).join(', ');
  const left = leftOut.map(({ name, reason }) => `<li>${escapeHtml(`${name}: ${reason}`)}</li>`).join('\n');
  return `<h2>Repair</h2>
<p>The weights that stay were fitted anew ${when}, on ${escapeHtml(fittedTo(repair))}, with a damping of ${damping}. ${formatInteger(tensors.length)} tensors changed by it: ${names}.</p>
${left === '' ? '' : `<p>Left as pruned:</p>\n<ul>${left}</ul>\n`}`;
}

function runtimesText(source: ReportSource): string {
  const works = workOf(source);
  const all = payoffs(works, { name: source.prunedName, can: source.can });
  const rows = all.map(({ runtime: { name, needs }, share, macs, whyNot, command }) => {
    const shares = `${formatPercent(share)}${macs === undefined ? '' : ` (${formatPercent(macs)} of MACs)`}`;
    const code = command ? `<pre>${escapeHtml(command.text)}</pre>` : '';
    return `<tr class="in"><td>${escapeHtml(name)} ${escapeHtml(needs)}<td><b>${shares}</b><td>${escapeHtml(whyNot ?? '')}${code}`;
  });
  return `<h2>Where it pays</h2>
<p>${escapeHtml(verdictOf(all, works))}</p>
<table>
<thead><tr><th>Runtime<th>Qualifies<th>Why not the rest, and what to run</thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
`;
}

function tableRow(row: OutcomeRow): string {
  const { name, container, kind, dtype, shape, weights, bytes, zerosBefore, zerosAfter } = row;
  const percent = (zeros: number | undefined) => (zeros === undefined ? '' : formatPercent(sparsityOf(zeros, weights)));
  const where = container === '' ? '' : `<small>${escapeHtml(container)}</small> `;
  const cells = [
    `${where}${escapeHtml(name)}`,
    kind,
    dtype,
    formatShape(shape),
    formatInteger(weights),
    formatBytes(bytes),
    percent(zerosBefore),
    percent(zerosAfter),
    noteOf(row),
  ];
  return `<tr${row.isIn ? ' class="in"' : ''}>${cells.map((cell) => `<td>${cell}`).join('')}`;
}

/** Names of owners that fit a cell: a flat buffer has one for each layer. */
const mostNames = 8;

function noteOf(row: OutcomeRow): string {
  const { sameAs, changesWith, masks } = row;
  if (changesWith?.length) {
    const more = changesWith.length - mostNames;
    const names = [...changesWith.slice(0, mostNames).map(escapeHtml), ...(more > 0 ? [`${more} more`] : [])];
    return `changes with ${names.join(', ')}`;
  }
  if (sameAs !== undefined) return `weights of ${escapeHtml(sameAs)}`;
  return [...masks, repairInWords(row) ?? '']
    .filter((words) => words !== '')
    .map(escapeHtml)
    .join('<br>');
}
