/** `npm run fuzz`, within: many cases, their figures, and the files of those that are faults. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWasmKernels } from '../../src/kernels/wasm/wasmKernels';
import { endingOf, type Fault, filesOf, type Tried, tryCase } from './run';
import { recipesIn, type Seed, seedsIn } from './seeds';

export interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly first: number;
  /** Beside the files of the repository. */
  readonly folders: readonly string[];
  /** Where files of faults go. */
  readonly to: string;
}

const bounds = { milliseconds: 5000, bytes: 512 * 2 ** 20, memory: () => process.resourceUsage().maxRSS * 1024 };

export async function ownSeeds(folders: readonly string[] = []): Promise<Seed[]> {
  return [...(await seedsIn(['tests/golden/files', ...folders])), ...recipesIn('docs/recipe.md')];
}

export interface Figures {
  readonly cases: number;
  readonly seeds: number;
  readonly seconds: number;
  readonly slowest: number;
  readonly memory: number;
  /** Cases by the ending of the file's name, then by how they ended. */
  readonly ends: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly faults: readonly Fault[];
}

/** @param says is told of each case before it is tried */
export async function fuzz(options: Options, says: (number: number) => void): Promise<Figures> {
  const seeds = await ownSeeds(options.folders);
  const kernels = createWasmKernels(new WebAssembly.Module(readFileSync('src/kernels/wasm/kernels.wasm')));
  const ends = new Map<string, Map<string, number>>();
  const faults: Fault[] = [];
  const begun = performance.now();
  let slowest = 0;
  for (let number = options.first; number < options.first + options.cases; number++) {
    says(number);
    const tried = await tryCase(seeds, options.seed, number, kernels, bounds);
    slowest = Math.max(slowest, tried.milliseconds);
    count(ends, tried);
    if (!tried.fault) continue;
    faults.push(tried.fault);
    console.log(
      `${tried.fault.kind}: case ${number} of seed ${options.seed}, ${tried.fault.path}\n    ${tried.fault.text.split('\n').slice(0, 6).join('\n')}`,
    );
    keep(options, tried);
  }
  const seconds = (performance.now() - begun) / 1000;
  return { cases: options.cases, seeds: seeds.length, seconds, slowest, memory: bounds.memory(), ends, faults };
}

/** Writes the files of one case. */
export async function keepCase(options: Options, number: number): Promise<void> {
  keep(options, { number, ...(await filesOf(await ownSeeds(options.folders), options.seed, number)) });
}

function keep({ to, seed }: Options, { number, files }: Pick<Tried, 'number' | 'files'>): void {
  const folder = join(to, `${seed}-${number}`);
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
}

function count(ends: Map<string, Map<string, number>>, { seed, end }: Tried): void {
  const name = endingOf(seed);
  const counts = ends.get(name) ?? new Map<string, number>();
  ends.set(name, counts.set(end, (counts.get(end) ?? 0) + 1));
}
