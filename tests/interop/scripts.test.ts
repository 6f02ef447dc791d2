/** The Python script of every recipe of the goldens, run in real PyTorch: its masks are the studio's, ties and all. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundsOf } from '../../src/pruning/decide';
import { parseRecipe } from '../../src/pruning/parseRecipe';
import { pythonScript } from '../../src/reports/pythonScript';
import { methodGolden } from '../support/methodGoldens';
import { valuesOf } from '../unit/kernels/support';
import { maskOf, settled, tensorOf } from '../unit/pruning/support';

const python = process.env.SECATEUR_PYTHON;

const names = ['f64', 'f32', 'f16', 'bf16', 'mixed'];
const cases = names.flatMap((name) => {
  const { tensors, cases } = methodGolden(name);
  return cases
    .map(({ recipe }) => parseRecipe(recipe))
    .map((recipe) => ({ title: `${name}: ${JSON.stringify(roundsOf(recipe))}`, tensors, recipe }));
});

describe.skipIf(!python)('a script, run by PyTorch', () => {
  const problems = new Map<string, readonly string[]>();
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-scripts-'));
    const jobs = cases.map((each) => jobOf(each));
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(jobs));
    const script = join(import.meta.dirname, 'scripts.py');
    await promisify(execFile)(python!, [script, join(folder, 'jobs.json'), join(folder, 'reports.json')]);
    const reports: string[][] = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
    cases.forEach(({ title }, i) => {
      problems.set(title, reports[i]!);
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(cases.map(({ title }) => title))('%s', (title) => {
    expect(problems.get(title)).toEqual([]);
  });
});

function jobOf({ tensors, recipe }: (typeof cases)[number]) {
  const measured = tensors.map(({ dtype, bytes, reference, activations, ...about }, id) =>
    tensorOf(
      dtype,
      bytesIn(bytes),
      { id, ...about },
      { reference: valuesOf(dtype, bytesIn(reference)), factors: valuesOf('F32', bytesIn(activations)) },
    ),
  );
  const { outcomes } = settled(recipe, measured);
  const source = {
    format: 'safetensors',
    recipe,
    candidates: measured.map(({ candidate }) => candidate),
    layers: tensors.map(({ name }) => ({ name, container: '' })),
  };
  const entries = tensors.map(({ name, dtype, shape, bytes, reference, activations }, id) => {
    const goes = maskOf(measured[id]!, outcomes.get(id)?.program ?? []).map(Number);
    return [name, { dtype, shape, bytes, reference, activations, goes }];
  });
  return { script: pythonScript(source), tensors: Object.fromEntries(entries) };
}

function bytesIn(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
