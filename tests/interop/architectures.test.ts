/**
 * The default selection and the axes of real architectures in every container, held against isinstance in PyTorch
 * (architectures.py). Eight architectures; all of them, and the table in docs/architectures.md, by
 * `npm run test:interop -- --all`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchGlob } from '../../src/pruning/glob';
import { loadWasmKernels } from '../support/kernels';
import { type Difference, type Judged, judgeFile } from './judging';
import { knownUnknowns } from './knownUnknowns';
import { byValue, containers, makeArchitectures, type Refusal } from './oracle';
import { listOfDifferences, sumOf, tableOf, totals, type Verdicts } from './verdicts';

const root = resolve(import.meta.dirname, '../..');
const python = process.env.SECATEUR_PYTHON;
/** `all`, `some` or `none` (scripts/interop.mjs: where torchvision, timm and transformers cannot be had). */
const which = process.env.SECATEUR_ARCHITECTURES ?? 'some';
/** Further arguments of architectures.py, while working on it: `--only;gpt2,mixtral`. */
const further = (process.env.SECATEUR_ARCHITECTURES_ARGS ?? '').split(';').filter(Boolean);

describe.skipIf(!python || which === 'none')('an architecture, by default', () => {
  let verdicts: Verdicts;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-architectures-'));
    const saved = await makeArchitectures(python!, folder, [...(which === 'all' ? ['--all'] : []), ...further]);
    const kernels = loadWasmKernels();
    const judged: Judged[] = [];
    const refused: Refusal[] = [];
    const failed: Verdicts['failed'][number][] = [];
    for (const each of saved) {
      if (each.file === null) {
        refused.push(each);
        continue;
      }
      try {
        judged.push(await judgeFile(folder, each, kernels));
      } catch (error) {
        failed.push({ ...each, error: String(error) });
      }
    }
    verdicts = { judged, refused, failed };
    const list = `${totals(judged)}\n${listOfDifferences(verdicts)}`;
    const cache = join(root, 'node_modules/.cache/secateur');
    await mkdir(cache, { recursive: true });
    await writeFile(join(cache, 'architectures.txt'), list);
    console.log(list.length > 20_000 ? `${list.slice(0, 20_000)}\n… (${cache}/architectures.txt)` : list);
    if (which === 'all' && further.length === 0) {
      await writeFile(join(root, 'docs/architectures.md'), tableOf(verdicts));
    }
  }, 3_600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('opens from every container that took it', () => {
    expect(verdicts.failed).toEqual([]);
    expect(verdicts.judged.length).toBeGreaterThan(verdicts.refused.length);
  });

  it.each([...containers, ...byValue])(
    '%s: is pruned where isinstance says, along the axes of its modules',
    (container) => {
      expect(differencesIn(container, ({ verdict }) => verdict === 'wrong')).toEqual([]);
    },
  );

  it.each([...containers, ...byValue])('%s: leaves unknown only what docs/formats.md lists', (container) => {
    const isListed = ({ name }: Difference, { saved }: Judged) =>
      knownUnknowns.some(
        (known) =>
          known.files.includes(container) &&
          known.models.includes(saved.architecture) &&
          known.tensors.some((glob) => matchGlob(glob, name)),
      );
    expect(differencesIn(container, (each, file) => each.verdict === 'unknown' && !isListed(each, file))).toEqual([]);
  });

  it('leaves no weight of a state dict unknown that has a bias', () => {
    expect(differencesIn('state dict', ({ verdict, hasBias }) => verdict === 'unknown' && hasBias)).toEqual([]);
  });

  it('leaves at most 2 % of the weights unknown', () => {
    expect(sumOf(verdicts.judged).share).toBeLessThanOrEqual(0.02);
  });

  it.each([...containers, ...byValue])(
    "%s: half of its weights go as PyTorch's global_unstructured has it",
    (container) => {
      const wrong = verdicts.judged
        .filter(({ saved, masks }) => saved.container === container && masks.length > 0)
        .map(({ saved, masks }) => `${saved.architecture}: ${masks.join(', ')}`);
      expect(wrong).toEqual([]);
    },
  );

  function differencesIn(container: string, matches: (each: Difference, file: Judged) => boolean): string[] {
    return verdicts.judged
      .filter(({ saved }) => saved.container === container)
      .flatMap((file) =>
        file.differences
          .filter((each) => matches(each, file))
          .map(({ name, said, expected }) => `${file.saved.architecture}: ${name}: ${said}; expected ${expected}`),
      );
  }
});
