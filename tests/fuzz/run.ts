/** Case by case: damages a file, gives it to Secateur, judges what comes of it. */
import type { Kernels } from '../../src/kernels/kernels';
import { CheckpointError } from '../../src/lib/errors';
import { at } from '../../src/lib/known';
import { mutated } from './mutate';
import { Random } from './random';
import type { Seed, SeedFile } from './seeds';
import { take } from './target';

export interface Fault {
  readonly number: number;
  readonly path: string;
  /** `untyped`: not an error for the user; `sentence`: one that tells nobody anything; `slow`, `memory`: out of bounds. */
  readonly kind: 'untyped' | 'sentence' | 'slow' | 'memory';
  readonly text: string;
}

export interface Bounds {
  /** Of one case. */
  readonly milliseconds: number;
  /** By which the whole process may grow in one case. */
  readonly bytes: number;
  /** Of the whole process until now: its most. */
  readonly memory: () => number;
}

export interface Tried {
  readonly number: number;
  readonly seed: Seed;
  readonly files: readonly SeedFile[];
  /** Code of the error; `opened` where there was none. */
  readonly end: string;
  readonly milliseconds: number;
  readonly fault?: Fault;
}

/** What a sentence for people does not have in it. */
const poor = /\bNaN\b|\bundefined\b|\[object |\bInfinity\b|\d[eE]\+\d|-\d+ bytes|\p{Cc}/u;
/** What stands in the file as it was found. */
const quoted = /but \S+ was found/;
/** A recipe's values are shown as they stand in it. */
const poorOfRecipe = /\bundefined\b|\[object |\p{Cc}/u;
/** Names that files give are of any length, sentences are not. */
const longest = 1000;

/** Of the file that it is called by, with what reads it. */
export function endingOf({ kind, files }: Pick<Seed, 'kind' | 'files'>): string {
  const ending = /\.[a-z0-9]+$/i.exec(at(files, 0).name)?.[0] ?? 'none';
  return kind === 'checkpoint' ? ending : `${kind} ${ending}`;
}

/** The files of case `number` of a run with `seed`: the same ones each time. */
export async function filesOf(seeds: readonly Seed[], seed: number, number: number) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  // Warmed up: neighbouring numbers begin alike.
  for (let i = 0; i < 3; i++) random.next();
  // Half of them by format, so that those with few files have their share.
  const ending = random.chance(0.5) ? endingOf(random.pick(seeds)) : random.pick([...new Set(seeds.map(endingOf))]);
  const chosen = random.pick(seeds.filter((each) => endingOf(each) === ending));
  const which = random.chance(0.75) ? 0 : random.below(chosen.files.length);
  const bytes = await mutated(at(chosen.files, which).bytes, random);
  const files = chosen.files.map((file, i) => (i === which ? { name: file.name, bytes } : file));
  return { seed: chosen, files, prunes: random.chance(0.5) };
}

/** @param bounds absent: whatever time and memory it takes */
export async function tryCase(
  seeds: readonly Seed[],
  seed: number,
  number: number,
  kernels: Kernels,
  bounds?: Bounds,
): Promise<Tried> {
  const made = await filesOf(seeds, seed, number);
  const { path } = made.seed;
  const memory = bounds?.memory() ?? 0;
  const start = performance.now();
  let end = 'opened';
  let fault: Omit<Fault, 'number' | 'path'> | undefined;
  try {
    await take(made.seed.kind, made.files, kernels, made.prunes);
  } catch (thrown) {
    end = thrown instanceof CheckpointError ? thrown.code : 'untyped';
    fault = judged(thrown, made.seed.kind);
  }
  const milliseconds = performance.now() - start;
  if (bounds && milliseconds > bounds.milliseconds) fault ??= { kind: 'slow', text: `${Math.round(milliseconds)} ms` };
  const grown = (bounds?.memory() ?? 0) - memory;
  if (bounds && grown > bounds.bytes) fault ??= { kind: 'memory', text: `${Math.round(grown / 2 ** 20)} MiB more` };
  return { number, ...made, end, milliseconds, ...(fault && { fault: { number, path, ...fault } }) };
}

function judged(thrown: unknown, of: Seed['kind']): Omit<Fault, 'number' | 'path'> | undefined {
  if (!(thrown instanceof CheckpointError) || thrown.code === 'internal' || thrown.code === 'out-of-memory') {
    return { kind: 'untyped', text: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
  const { message } = thrown;
  if (
    (of === 'recipe' ? poorOfRecipe : poor).test(message.replace(quoted, '')) ||
    message.length > longest ||
    !/[.!?)"]$/.test(message.replace(quoted, ''))
  ) {
    return {
      kind: 'sentence',
      text: message.length > longest ? `${message.length} characters: ${message.slice(0, 300)}…` : message,
    };
  }
  return undefined;
}
