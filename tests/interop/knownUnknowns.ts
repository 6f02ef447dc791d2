/** The tensors that may be unknown: the table under "Known unknowns" in docs/formats.md, the one place that lists them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface KnownUnknown {
  /** Architectures of zoo/. */
  readonly models: readonly string[];
  /** Globs on full names. */
  readonly tensors: readonly string[];
  /** Containers. */
  readonly files: readonly string[];
}

const document = readFileSync(resolve(import.meta.dirname, '../../docs/formats.md'), 'utf8');
const section = document.split(/^## /m).find((each) => each.startsWith('Known unknowns')) ?? '';

/** Rows `| models | tensors | files | why |`; several of a cell stand between commas. */
export const knownUnknowns: readonly KnownUnknown[] = section
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [models = [], tensors = [], files = []] = line.split('|').slice(1).map(listOf);
    return { models, tensors, files };
  });

function listOf(cell: string): string[] {
  return cell
    .split(',')
    .map((each) => each.trim().replace(/^`|`$/g, ''))
    .filter((each) => each !== '');
}
