/** Exports of repaired models, read by the real libraries: the values, every other byte, all forms alike, and the script (repair.py). */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableExports } from '../../src/engine/exports/available';
import { estimateSize } from '../../src/engine/exports/exportAs';
import type { Layer } from '../../src/engine/opened';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { repairFile } from '../../src/engine/worker/repairing';
import type { Recipe } from '../../src/pruning/recipe';
import { repairEntry, repairedOutcomes } from '../../src/pruning/repair';
import { pythonScript } from '../../src/reports/pythonScript';
import { context, exportedFile, prunedFile } from '../support/exporting';
import { loadWasmKernels } from '../support/kernels';
import { realModels } from '../support/realFiles';
import { madeUpRepair } from '../support/repairs';
import { openPath, outcomesFor } from './deliveries';
import { fullNameIn } from './exports';

const root = resolve(import.meta.dirname, '../..');
const python = process.env.SECATEUR_PYTHON;

const samples = ['digits-cnn.pth', 'digits-cnn.safetensors', 'digits-cnn.onnx'];
const goldens = ['views.pt', 'two-models.pt', 'legacy.pt', 'scripted.pt', 'shared-tied.pt'];
const real = ['resnet20-cifar10.th', 'ultraface-rfb-320.onnx'].map((name) => join(realModels, name));
const files = [
  ...samples.map((name) => join(root, 'public/samples', name)),
  ...goldens.map((name) => join(root, 'tests/golden/files/pytorch', name)),
  ...real,
].filter((path) => existsSync(path));
/** With masks of its own, as torch.nn.utils.prune leaves it. */
const masked = 'digits-masked.pth';
const titles = [...files.map((path) => relative(root, path)), masked];

const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.9 } } as const;
const recipe: Recipe = { format: 'secateur-recipe', version: 1, rules: [rule] };
const half: Recipe = { ...recipe, rules: [{ ...rule, amount: { sparsity: 0.5 } }] };

describe.skipIf(!python)('a repaired model, read by the real libraries', () => {
  const problems = new Map<string, readonly string[]>();
  let folder: string;

  beforeAll(async () => {
    const kernels = loadWasmKernels();
    folder = await mkdtemp(join(tmpdir(), 'secateur-repair-'));
    const jobs: object[] = [];
    const digits = await openPath(join(root, 'public/samples/digits-cnn.pth'), kernels);
    const halved = await exportedFile(digits, 'reparametrised', await outcomesFor(half, digits));
    await writeFile(join(folder, masked), new Uint8Array(await halved.arrayBuffer()));
    for (const [i, path] of [...files, join(folder, masked)].entries()) {
      const source = await openPath(path, kernels);
      const { layers, can, format } = source.session.opened;
      const outcomes = await outcomesFor(recipe, source);
      const others = layers.filter(({ kind, prunable, id }) => prunable && kind !== 'buffer' && !outcomes.has(id));
      const nameOf = fullNameIn(layers);
      const { repair } = await madeUpRepair(
        source.session,
        recipe,
        outcomes,
        others.map(({ name }) => name),
      );
      const repaired = repairedOutcomes(outcomes, repair);
      const own = join(folder, String(i));
      await mkdir(own);
      const put = async (name: string, blob: Blob) => {
        const at = join(own, name);
        await writeFile(at, new Uint8Array(await blob.arrayBuffer()));
        return at;
      };
      const name = basename(path);
      const kinds = availableExports(source.session.opened);
      const forms: Record<string, string> = {};
      for (const kind of kinds) {
        const isSmaller = async () => (await estimateSize(source, 'sparse-onnx', repaired, context)) < source.file.size;
        if (kind === 'sparse-onnx' && !(await isSmaller())) continue;
        const file = await exportedFile(source, kind, repaired);
        forms[kind] = await put(`${kind}-${file.name}`, file);
      }
      const scriptOf = (between: boolean) =>
        pythonScript({
          files: can.script!,
          recipe: { ...recipe, repair: repairEntry({ ...repair, between }) },
          candidates: candidatesOf(layers),
          layers,
          repair,
        });
      jobs.push({
        original: path,
        format,
        folder: own,
        name,
        plain: await put(`plain-${name}`, await prunedFile(source, repaired)),
        pruned: await put(`pruned-${name}`, await prunedFile(source, outcomes)),
        side: await put('repair.safetensors', repairFile(source.session, repair).file),
        forms,
        script: scriptOf(false),
        between: scriptOf(true),
        decided: [...outcomes.keys()].map((id) => nameOf(layers[id]!)),
        repaired: repair.tensors.map(({ tensor, name: key }) => [
          key,
          ...idsOf(layers, tensor).map((id) => nameOf(layers[id]!)),
        ]),
      });
    }
    await writeFile(join(folder, 'jobs.json'), JSON.stringify(jobs));
    const script = join(import.meta.dirname, 'repair.py');
    await promisify(execFile)(python!, [script, join(folder, 'jobs.json'), join(folder, 'reports.json')]);
    const reports: string[][] = JSON.parse(await readFile(join(folder, 'reports.json'), 'utf8'));
    titles.forEach((title, i) => {
      problems.set(title, reports[i]!);
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(titles)('%s', (title) => {
    expect(problems.get(title)).toEqual([]);
  });
});

/** A tensor, and those that change with it. */
function idsOf(layers: readonly Layer[], id: number): number[] {
  const { alsoNamed, sharedBy = [] } = layers[id]!;
  return [id, ...alsoNamed, ...sharedBy];
}
