/** The figures of a run, as docs/reliability.md has them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatInteger } from '../../src/lib/numbers';
import type { Figures } from './command';

const document = 'docs/reliability.md';
const begin = '<!-- made by npm run fuzz -->';
const end = '<!-- to here -->';

export function tableOf({ cases, seeds, seconds, slowest, memory, ends, faults }: Figures, seed: number): string {
  const names = [...new Set([...ends.values()].flatMap((counts) => [...counts.keys()]))].sort();
  const rows = [...ends]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ending, counts]) => [`\`${ending}\``, ...names.map((name) => formatInteger(counts.get(name) ?? 0))]);
  const total = names.map((name) =>
    formatInteger([...ends.values()].reduce((sum, counts) => sum + (counts.get(name) ?? 0), 0)),
  );
  const lines = [['', ...names], ['---', ...names.map(() => '---:')], ...rows, ['**all**', ...total]];
  return [
    `${formatInteger(cases)} cases of seed ${seed} over ${formatInteger(seeds)} files in ${Math.round(seconds)} s: ${formatInteger(faults.length)} faults. The slowest case took ${Math.round(slowest)} ms, the whole process at most ${Math.round(memory / 2 ** 20)} MiB.`,
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

export function writeFigures(figures: Figures, seed: number): void {
  const text = readFileSync(document, 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const after = rest.split(end)[1] ?? '\n';
  writeFileSync(document, `${before}${begin}\n\n${tableOf(figures, seed)}\n\n${end}${after}`);
}
