/** Evaluation in the browser's ONNX Runtime is held against Python's, on the same inputs and on exported files (evaluate.py). */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGraph, sessionFiles } from '../../src/evaluation/graph/modelInMemory';
import { openDimensions } from '../../src/evaluation/inputs/axes';
import { randomInputs } from '../../src/evaluation/inputs/random';
import type { Evaluation } from '../../src/evaluation/protocol';
import { loadRuntime } from '../../src/evaluation/runtime';
import type { NamedValues } from '../../src/evaluation/values';
import { blobSource } from '../../src/lib/browser/blobSource';
import { loadWasmKernels } from '../support/kernels';
import { oneFile } from '../support/oneFile';
import { countRealModels, pathsOfRealModels } from '../support/realFiles';
import { fileOf, sampleFile, samples } from '../support/studio';
import { context, globalRecipe, openDigits } from '../unit/evaluation/support';
import { applyRecipe } from './exports';

const python = process.env.SECATEUR_PYTHON;

const graphs = readdirSync(samples)
  .map((name) => join(samples, name))
  .filter((path) => path.endsWith('.onnx'))
  .concat(pathsOfRealModels(/\.onnx$/));
const sparsities = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99];

/** What evaluate.py says of one exported file. */
interface Figures {
  readonly accuracy: number;
  readonly cosine: number;
  readonly relativeL2: number;
  readonly maxAbsolute: number;
  readonly top1Agreement: number;
  readonly klDivergence: number;
}

describe.skipIf(!python)("evaluation, held against Python's ONNX Runtime", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-evaluation-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function ask<Answer>(question: object): Promise<Answer> {
    const [questionPath, answerPath] = [join(folder, 'question.json'), join(folder, 'answer.json')];
    await writeFile(questionPath, JSON.stringify(question));
    await promisify(execFile)(python!, [join(import.meta.dirname, 'evaluate.py'), questionPath, answerPath]);
    return JSON.parse(await readFile(answerPath, 'utf8'));
  }

  it.each(graphs)('%s: every output is the same on the same inputs', async (path) => {
    const { createSession } = await loadRuntime();
    const graph = await readGraph(...oneFile(blobSource(fileOf(path)), basename(path)));
    const session = await createSession(...sessionFiles(graph, graph.bytes));
    const sizes = Object.fromEntries(openDimensions(session.inputs).map(({ name, size }) => [name, size]));
    const [batch] = randomInputs(session.inputs, 1, sizes).batches;
    const outputs = await session.run(batch!.feeds);
    await session.release();
    const written = { inputs: await write('inputs', batch!.feeds), outputs: await write('outputs', outputs) };
    const errors = await ask<Record<string, number>>({ kind: 'outputs', model: path, ...written });
    expect(Object.keys(errors)).toEqual([...outputs.keys()]);
    for (const [name, error] of Object.entries(errors))
      expect({ name, error: error < 1e-4 }).toEqual({ name, error: true });
  });

  it('accuracy and drift against sparsity are those of the exported files', async () => {
    const digits = await openDigits();
    const evaluations: Evaluation[] = [];
    const exports: string[] = [];
    for (const sparsity of sparsities) {
      const recipe = globalRecipe({ sparsity });
      evaluations.push(await digits.evaluation.evaluate({ outcomes: await digits.resolve(recipe) }, context));
      const { bytes } = await applyRecipe(join(samples, 'digits-cnn.onnx'), recipe, loadWasmKernels());
      const path = join(folder, `digits-${sparsity}.onnx`);
      await writeFile(path, bytes);
      exports.push(path);
    }
    digits.close();
    const figures = await ask<Figures[]>({
      kind: 'curve',
      original: join(samples, 'digits-cnn.onnx'),
      exports,
      testSet: join(samples, sampleFile('digits-test.npz').name),
    });
    figures.forEach((expected, i) => {
      const { outputs, accuracy } = evaluations[i]!;
      const drift = outputs[0]!;
      expect(accuracy).toBeCloseTo(expected.accuracy, 9);
      expect(drift.top1Agreement).toBeCloseTo(expected.top1Agreement, 9);
      for (const name of ['cosine', 'relativeL2', 'maxAbsolute'] as const) {
        expect(Math.abs(drift[name]! - expected[name])).toBeLessThan(1e-4 * Math.max(1, expected[name]));
      }
      expect(Math.abs(drift.klDivergence! - expected.klDivergence)).toBeLessThan(1e-4);
    });
  });

  async function write(kind: string, values: NamedValues) {
    const written: { name: string; shape: readonly number[]; dtype: string; path: string }[] = [];
    for (const [name, { dtype, shape, bytes }] of values) {
      const path = join(folder, `${kind}-${written.length}.bin`);
      await writeFile(path, bytes);
      written.push({ name, shape, dtype, path });
    }
    return written;
  }
});

countRealModels(/\.onnx$/);
