/**
 * Auto-tune's "sparsest within 1 point" on half of a labelled set, judged on the other half, over seeded splits: in this
 * process, as the studio's workers do it.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { createEngine } from '../../src/engine/worker/engine';
import { createEvaluation } from '../../src/evaluation/evaluation';
import { mixedOrder } from '../../src/evaluation/inputs/arrange';
import { readNpz } from '../../src/evaluation/inputs/npz';
import { splitSamples } from '../../src/evaluation/inputs/split';
import type { Evaluation, Parts } from '../../src/evaluation/protocol';
import { loadRuntime } from '../../src/evaluation/runtime';
import { autoTune, type TuneGoal } from '../../src/evaluation/search/autoTune';
import { createBench } from '../../src/evaluation/search/bench';
import { isWithin } from '../../src/evaluation/search/bound';
import { layersIn } from '../../src/evaluation/search/layerRecipes';
import {
  defaultLadder,
  measureSensitivity,
  type Sensitivity,
  type SensitivityCurve,
} from '../../src/evaluation/search/sensitivity';
import { verdictOn } from '../../src/evaluation/search/verdict';
import { joinedRows, rowsOf, toIntegers, type Values } from '../../src/evaluation/values';
import { callsHere } from '../../src/lib/calls/caller';
import { at, known } from '../../src/lib/known';
import { initialRecipe } from '../../src/pruning/edit';
import { loadWasmKernels } from '../support/kernels';

const { signal } = new AbortController();

interface Row {
  readonly seed: number;
  readonly goal: TuneGoal['kind'];
  readonly sparsity: number;
  /** Accuracy lost on images apart: points, of auto-tune and of one global threshold with as many zeros. */
  readonly apart: number;
  readonly globalApart: number;
  /** On the half of the searched images that judges. */
  readonly judged: number;
  readonly verdict: string;
}

/** @param folder with resnet20.onnx and images.npz of 600 images @returns Markdown */
export async function verdictTable(folder: string, first: number, end: number): Promise<string> {
  const models = join(import.meta.dirname, '../../../shared/models');
  const checkpoint = fileOf(join(models, 'resnet20-cifar10.th'));
  const graph = fileOf(join(folder, 'resnet20.onnx'));
  const arrays = await readNpz(fileOf(join(folder, 'images.npz')), 'images.npz');
  const [x, labels] = [known(arrays, 'x'), toIntegers(known(arrays, 'y'))];

  const decodeImage = () => Promise.reject(new Error('There are arrays only.'));
  const engine = callsHere(createEngine(loadWasmKernels()));
  const evaluation = callsHere(createEvaluation({ loadRuntime, decodeImage, engine }));
  const { layers } = await engine.call('open', { files: [checkpoint] });
  await evaluation.call('openGraph', { files: [graph], isCheckpoint: false, tensors: layers });
  const candidates = candidatesOf(layers);
  const answers = new AnswerCache();
  const benchOn = (part?: keyof Parts) =>
    createBench(
      engine,
      evaluation,
      () => candidates,
      () => answers,
      part,
    );
  const base = initialRecipe();
  const pruned = layersIn(base, candidates);
  const setInputs = (indices: readonly number[]) => {
    const files = [npyFile('x.npy', rowsAt(x, indices)), npyFile('y.npy', labelsAt(labels, indices))];
    return evaluation.call('setInputs', { source: { kind: 'arrays', files } });
  };

  const all = Array.from(labels, (_, i) => i);
  const orderOfAll = mixedOrder(labels);
  /** Of all images: what a search sees of it is cut out below. */
  const ladder = await measuredLadder(join(folder, 'ladder.json'), async (before, show) => {
    if (before?.state === 'finished') return before;
    await setInputs(all);
    return measureSensitivity(base, pruned, defaultLadder, benchOn(), signal, show, { before });
  });

  const rows: Row[] = [];
  for (let seed = first; seed < end; seed++) {
    const path = join(folder, `split-${seed}.json`);
    rows.push(
      await kept(path, async () => {
        const { first: given, second: apart } = splitSamples(labels.length, labels, { count: 300 }, seed);
        const { baseline, samples } = await setInputs(given);
        const parts = await evaluation.call('splitInputs', { seed: 1 });
        const accuracy = baseline.accuracy ?? Number.NaN;
        const goal: TuneGoal = { kind: 'sparsest', metric: 'accuracy', limit: accuracy - 0.01 };
        const curves = ladderOn(ladder, orderOfAll, given, labels);
        let runs = 0;
        const counted = (part: keyof Parts) => {
          const bench = benchOn(part);
          return { ...bench, run: (...call: Parameters<typeof bench.run>) => bench.run(...call).finally(() => runs++) };
        };
        const benches = { search: counted('search'), verdict: counted('verdict') };
        const tuned = await autoTune(goal, base, pruned, curves, benches, signal, {
          searched: parts.search,
          isWithin: (trial, part) => isWithin(goal, trial.evaluation, baseline, { name: part, places: parts[part] }),
        });
        const verdict = verdictOn(tuned, goal, { original: baseline, samples, places: parts.verdict });
        if (!tuned) throw new Error(verdict);
        const { baseline: unpruned } = await setInputs(apart);
        const lossOf = async (recipe: typeof tuned.best.recipe) =>
          100 * ((unpruned.accuracy ?? 0) - ((await benchOn().run(recipe, signal)).evaluation.accuracy ?? 0));
        const judgedBefore = meanAt(baseline.bySample?.accuracy, parts.verdict);
        const row: Row = {
          seed,
          goal: goal.kind,
          sparsity: tuned.best.sparsity,
          apart: await lossOf(tuned.best.recipe),
          globalApart: await lossOf(tuned.global.recipe),
          judged: 100 * (judgedBefore - (tuned.best.evaluation.accuracy ?? 0)),
          verdict,
        };
        console.error(`split ${seed}: ${runs} runs, ${JSON.stringify(row)}`);
        return row;
      }),
    );
  }
  return tableOf(rows);
}

function tableOf(rows: readonly Row[]): string {
  const mean = (of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const points = (value: number) => (value < 0 ? `−${(-value).toFixed(1)}` : value.toFixed(1));
  const better = (row: Row) =>
    /\. Better than/.test(row.verdict) ? 'better' : /\. Worse/.test(row.verdict) ? 'worse' : '–';
  const lines = rows.map(
    (row) =>
      `| ${row.seed} | ${(100 * row.sparsity).toFixed(1)} % | ${points(row.judged)} | ${points(row.apart)} | ${points(row.globalApart)} | ${better(row)} |`,
  );
  const worst = Math.max(...rows.map(({ apart }) => apart));
  const over = rows.filter(({ apart }) => apart > 4.0001).length;
  return `| split | sparsity | lost where it is judged | lost on 300 images apart | one global threshold there | called |
|---|---|---|---|---|---|
${lines.join('\n')}
| **mean** | **${(100 * mean(({ sparsity }) => sparsity)).toFixed(1)} %** | ${points(mean(({ judged }) => judged))} | **${points(mean(({ apart }) => apart))}** | ${points(mean(({ globalApart }) => globalApart))} | |

Worst ${points(worst)}; more than 4 points in ${over} of ${rows.length} splits.`;
}

/** The ladder's figures by sample, of some of the images, in the order in which an evaluation of these has them. */
function ladderOn(
  curves: readonly SensitivityCurve[],
  orderOfAll: readonly number[],
  given: readonly number[],
  labels: ArrayLike<number>,
): SensitivityCurve[] {
  const placeOf = new Map(orderOfAll.map((image, place) => [image, place]));
  const order = mixedOrder(given.map((image) => at(labels, image))).map((i) => known(placeOf, at(given, i)));
  const cut = (evaluation: Evaluation): Evaluation => {
    const { bySample = {} } = evaluation;
    const some = Object.entries(bySample).map(([id, values]) => [
      id,
      Float32Array.from(order, (place) => at(values, place)),
    ]);
    return { ...evaluation, bySample: Object.fromEntries(some) };
  };
  return curves.map((curve) => ({
    ...curve,
    cells: curve.cells.map((cell) => ({ ...cell, evaluation: cut(cell.evaluation) })),
  }));
}

/** Goes on from what the file holds. */
async function measuredLadder(
  path: string,
  measure: (before: Sensitivity | undefined, show: (sensitivity: Sensitivity) => void) => Promise<Sensitivity>,
): Promise<readonly SensitivityCurve[]> {
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Sensitivity) : undefined;
  const { curves } = await measure(before, (sensitivity) => {
    if (sensitivity.done % 10 !== 0) return;
    writeFileSync(path, textOf(sensitivity));
    console.error(`ladder: ${sensitivity.done} of ${sensitivity.total}`);
  });
  return curves;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (each instanceof Float32Array ? [...each] : each));
}

/** What a file holds, or what is made and then kept in it. */
async function kept<Result>(path: string, make: () => Promise<Result>): Promise<Result> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Result;
  const result = await make();
  writeFileSync(path, textOf(result));
  return result;
}

function fileOf(path: string): File {
  return new File([new Uint8Array(readFileSync(path))], basename(path));
}

function rowsAt(values: Values, indices: readonly number[]): Values {
  return joinedRows(indices.map((index) => rowsOf(values, index, 1)));
}

function labelsAt(labels: Int32Array, indices: readonly number[]): Values {
  const own = Int32Array.from(indices, (index) => at(labels, index));
  return { dtype: 'I32', shape: [own.length], bytes: new Uint8Array(own.buffer) };
}

/** numpy's format, version 1. */
function npyFile(name: string, { dtype, shape, bytes }: Values): File {
  const descr = dtype === 'F32' ? '<f4' : '<i4';
  const head = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const text = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8);
  return new File([start, text, bytes], name);
}

function meanAt(values: Float32Array | undefined, places: readonly number[]): number {
  return places.reduce((sum, place) => sum + (values?.[place] ?? Number.NaN), 0) / places.length;
}
