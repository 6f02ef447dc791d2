/** What the comparison of all files comes to: as a list to work on, and as the table in docs/architectures.md. */
import type { Judged } from './judging';
import { byValue, type Container, containers, type Refusal } from './oracle';

export interface Verdicts {
  readonly judged: readonly Judged[];
  readonly refused: readonly Refusal[];
  /** Files that did not open, with the error. */
  readonly failed: readonly (Pick<Refusal, 'architecture' | 'library' | 'container'> & { readonly error: string })[];
}

/** One line for all tensors of a file that differ in the same way, numbers in their names aside. */
export function listOfDifferences({ judged, failed }: Verdicts): string {
  const lines = failed.map(({ architecture, container, error }) => `FAILED ${architecture} [${container}] ${error}`);
  for (const { saved, differences, masks, weights } of judged) {
    if (differences.length + masks.length === 0) continue;
    lines.push('', `${saved.architecture} [${saved.container}] ${weights} weights in by the oracle`);
    const groups = new Map<string, string[]>();
    for (const { verdict, name, shape, said, expected } of differences) {
      const pattern = name.replace(/\d+/g, 'N');
      const key = `${verdict.toUpperCase()} ${pattern} | said ${said} | expected ${expected}`;
      const group = groups.get(key);
      const entry = `${name} ${shape.join('×')}`;
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
    for (const [key, entries] of groups) lines.push(`  ${key} | ${entries.length}: e.g. ${entries[0]}`);
    if (masks.length > 0) lines.push(`  MASKS differ: ${masks.length}: e.g. ${masks[0]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Totals by container: weights in, right, unknown, wrong. */
export function totals(judged: readonly Judged[]): string {
  return [...containers, ...byValue]
    .map((container) => {
      const files = judged.filter(({ saved }) => saved.container === container);
      const { weights, unknown, wrong, share } = sumOf(files);
      const percent = (share * 100).toFixed(2);
      return `${container}: ${files.length} files, ${weights} weights in, ${unknown} unknown (${percent} %), ${wrong} wrong`;
    })
    .join('\n');
}

export function sumOf(files: readonly Judged[]) {
  const differences = files.flatMap((file) => file.differences);
  const unknown = differences.filter(({ verdict }) => verdict === 'unknown');
  const numel = files.reduce((sum, file) => sum + file.numel, 0);
  return {
    weights: files.reduce((sum, file) => sum + file.weights, 0),
    unknown: unknown.length,
    wrong: differences.length - unknown.length,
    /** Elements in unknown weights, of elements in all that are in by the oracle. */
    share: numel === 0 ? 0 : unknown.reduce((sum, each) => sum + each.numel, 0) / numel,
  };
}

export function tableOf({ judged, refused, failed }: Verdicts): string {
  const rows = new Map<string, { readonly library: string; readonly cells: Map<Container, string> }>();
  const put = (of: Pick<Refusal, 'architecture' | 'library' | 'container'>, cell: string) => {
    let row = rows.get(of.architecture);
    if (!row) {
      row = { library: of.library, cells: new Map() };
      rows.set(of.architecture, row);
    }
    row.cells.set(of.container, cell);
  };
  for (const file of judged) put(file.saved, cellOf(file));
  for (const each of refused) put(each, '–');
  for (const each of failed) put(each, 'not opened');
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# Architectures',
    '',
    'Written by `npm run test:interop -- --all`. Small models with random weights, saved in every container that takes',
    'them; in each file the tensors that are pruned by default, and their axes, are held against `isinstance` in PyTorch',
    '(`tests/interop/zoo/oracle.py`).',
    '',
    'A cell says how many weights are in by the oracle; then, where there are any, how many of them are unknown to',
    'Secateur and how many it takes for something else. "+n folded": weights that the exporter merged with others or',
    'computed, which are not judged. "–": the container does not take the model (reasons below).',
    '',
    line(['model', 'from', ...containers]),
    line(['---', '---', ...containers.map(() => '---')]),
    ...[...rows].map(([name, { library, cells }]) =>
      line([name, library, ...containers.map((container) => cells.get(container) ?? '')]),
    ),
    line(['**together**', '', ...containers.map((container) => totalOf(container, judged))]),
    '',
    '## Not taken',
    '',
    ...reasonsOf(refused),
    '',
  ].join('\n');
}

/** One line for all models that a container refuses in the same words, names of their own classes aside. */
function reasonsOf(refused: readonly Refusal[]): string[] {
  const models = new Map<string, string[]>();
  for (const { architecture, container, refused: why } of refused) {
    const line = `- ${container}: ${escaped(why.replace(/<function \w+/, '<function …'))}`;
    const group = models.get(line);
    if (group) group.push(architecture);
    else models.set(line, [architecture]);
  }
  return [...models].map(([line, names]) => `${line} (${names.join(', ')})`);
}

function cellOf({ saved, weights, differences }: Judged): string {
  const unknown = differences.filter(({ verdict }) => verdict === 'unknown').length;
  const wrong = differences.length - unknown;
  const folded = saved.lost?.length ?? 0;
  return [
    `${weights}`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(wrong > 0 ? [`**${wrong} wrong**`] : []),
    ...(folded > 0 ? [`+${folded} folded`] : []),
  ].join(', ');
}

function totalOf(container: Container, judged: readonly Judged[]): string {
  const files = judged.filter(({ saved }) => saved.container === container);
  const { weights, unknown, wrong, share } = sumOf(files);
  return `${weights}, ${unknown} unknown (${(share * 100).toFixed(2)} %), ${wrong} wrong`;
}

function escaped(text: string): string {
  return text.replace(/[|<>*_`]/g, (sign) => `\\${sign}`);
}
