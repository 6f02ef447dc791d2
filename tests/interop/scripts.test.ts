/** The Python script of every recipe of the goldens, run in real PyTorch: its masks are the studio's, ties and all. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roundsOf } from '../../src/pruning/decide';
import { parseRecipe } from '../../src/pruning/parseRecipe';
import type { Recipe } from '../../src/pruning/recipe';
import { pythonScript } from '../../src/reports/pythonScript';
import type { Axes } from '../../src/tensors/axes';
import { usualAxes } from '../support/axes';
import { type MethodGolden, methodGolden } from '../support/methodGoldens';
import { valuesOf } from '../unit/kernels/support';
import { maskOf, settled, tensorOf } from '../unit/pruning/support';

const python = process.env.SECATEUR_PYTHON;

type Tensor = MethodGolden['tensors'][number] & {
  readonly model?: string;
  readonly nameInModel?: string;
  readonly axes?: Axes;
};

interface Case {
  readonly title: string;
  readonly tensors: readonly Tensor[];
  readonly recipe: Recipe;
}

const names = ['f64', 'f32', 'f16', 'bf16', 'mixed'];
const single = names.flatMap((name) => {
  const { tensors, cases } = methodGolden(name);
  return cases
    .map(({ recipe }) => parseRecipe(recipe))
    .map((recipe): Case => ({ title: `${name}: ${JSON.stringify(roundsOf(recipe))}`, tensors, recipe }));
});

/** The weights in a file with a copy of their model, which has others. */
function withCopy(tensors: readonly Tensor[]): Tensor[] {
  const models = tensors.map((tensor) => ({ ...tensor, model: 'state_dict', nameInModel: tensor.name }));
  const copies = tensors.map(({ name, bytes, ...tensor }) => {
    const elements = bytesIn(bytes);
    const turned = Buffer.concat([elements.subarray(elements.length / 2), elements.subarray(0, elements.length / 2)]);
    return { ...tensor, name: `ema.${name}`, bytes: turned.toString('base64'), model: 'ema', nameInModel: name };
  });
  return [...models, ...copies];
}

const twins = [{ of: 'state_dict', model: 'ema' }];
const several = single
  .filter(({ title }) => title.startsWith('f32'))
  .flatMap(({ title, tensors, recipe }): Case[] => [
    { title: `two models, ${title}`, tensors: withCopy(tensors), recipe },
    { title: `a copy with its mask, ${title}`, tensors: withCopy(tensors), recipe: { ...recipe, twins } },
  ]);

/** Kernels as if they were experts, side by side. */
const stacked = single
  .filter(({ title }) => title.startsWith('f32') && title.includes('"erk"'))
  .map(({ title, tensors, recipe }): Case => {
    const experts = tensors.map((tensor) =>
      tensor.shape.length < 3 ? tensor : { ...tensor, axes: { copies: [0], outputs: [1], inputs: [2] } },
    );
    return { title: `experts, ${title}`, tensors: experts, recipe };
  });
const cases = [...single, ...several, ...stacked];

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

function jobOf({ tensors, recipe }: Case) {
  const measured = tensors.map(({ dtype, bytes, reference, activations, outputAxis, ...about }, id) =>
    tensorOf(
      dtype,
      bytesIn(bytes),
      { id, ...usualAxes(about.shape, outputAxis), ...about },
      { reference: valuesOf(dtype, bytesIn(reference)), factors: valuesOf('F32', bytesIn(activations)) },
    ),
  );
  const { outcomes } = settled(recipe, measured);
  const source = {
    files: 'safetensors' as const,
    recipe,
    candidates: measured.map(({ candidate }) => candidate),
    layers: tensors.map(({ name }) => ({ name, container: '' })),
  };
  const entries = tensors.map(({ name, dtype, shape, bytes, reference, activations }, id) => {
    const [mask] = outcomes.get(id)?.program ?? [];
    const of = mask?.kind === 'same' ? mask.as : id;
    const goes = maskOf(measured[of]!, outcomes.get(of)?.program ?? []).map(Number);
    return [name, { dtype, shape, bytes, reference, activations, goes: outcomes.has(id) ? goes : goes.map(() => 0) }];
  });
  return { script: pythonScript(source), tensors: Object.fromEntries(entries) };
}

function bytesIn(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
