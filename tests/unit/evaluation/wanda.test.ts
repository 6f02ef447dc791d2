/** Pruning by norms and by moments of inputs against PyTorch (tests/golden/wanda.py, obs.py): what is collected, scores, and the masks that follow. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elementScores } from '../../../src/engine/passes/elementScores';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { openSession, type Session } from '../../../src/engine/session';
import { memorySource } from '../../../src/lib/source';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Score } from '../../../src/pruning/score';
import type { TensorId } from '../../../src/tensors/tensor';
import { loadWasmKernels } from '../../support/kernels';
import { oneFile } from '../../support/oneFile';
import { context, fileOf, openStudio, type Studio, samples } from './support';

interface Golden {
  /** Base64 of f32, and SHA-256 of f32. */
  readonly layers: Readonly<Record<string, { readonly norms: string; readonly scores: string }>>;
  /** One bit per element, the first of a byte at its top; 1 keeps. */
  readonly cases: readonly { readonly recipe: unknown; readonly keeps: Readonly<Record<string, string>> }[];
}

const folder = join(import.meta.dirname, '../../golden/files/evaluation');
const bytesIn = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
/** F32 in both models. */
const width = 4;

const digits = {
  model: 'digits',
  path: join(samples, 'digits-cnn.onnx'),
  inputs: join(samples, 'digits-test.npz'),
};
const grouped = { model: 'grouped', path: join(folder, 'grouped.onnx'), inputs: join(folder, 'grouped.npy') };
/** Activations differ by roundings of f32, which are of the size of the largest; an inverse makes more of them. */
const byNorms = { criterion: 'activation', of: 'norms', file: 'wanda', roundings: 1e-6 } as const;
const byMoments = { criterion: 'obs', of: 'moments', file: 'obs', roundings: 1e-3 } as const;

describe.each([
  { name: 'norms of the digits sample', ...digits, ...byNorms },
  { name: 'norms of dense, grouped, depthwise and transposed convolutions', ...grouped, ...byNorms },
  { name: 'moments of the digits sample', ...digits, ...byMoments },
  { name: 'moments of dense, grouped and depthwise convolutions', ...grouped, ...byMoments },
])('$name', ({ model, path, inputs, criterion, of, file, roundings }) => {
  const golden: Golden = JSON.parse(readFileSync(join(folder, `${file}-${model}.json`), 'utf8'));
  const names = Object.keys(golden.layers);
  let studio: Studio;
  let session: Session;
  let idOf: (name: string) => TensorId;

  beforeAll(async () => {
    studio = await openStudio(fileOf(path), 'inputs');
    const request = { files: [fileOf(path)], isCheckpoint: true, tensors: studio.tensors };
    await studio.evaluation.openGraph(request, context);
    await studio.evaluation.setInputs({ source: { kind: 'arrays', files: [fileOf(inputs)] } }, context);
    session = await openSession(
      ...oneFile(memorySource(new Uint8Array(readFileSync(path))), basename(path)),
      loadWasmKernels(),
      context,
    );
    idOf = (name) => session.opened.layers.findIndex((layer) => layer.name === name);
  });
  afterAll(() => studio.close());

  const normsInPyTorch = () =>
    new Map(names.map((name) => [idOf(name), new Float32Array(bytesIn(golden.layers[name]!.norms).buffer)]));
  const collected = async () =>
    of === 'norms'
      ? studio.evaluation.inputNorms({}, context)
      : (await studio.evaluation.inputMoments({}, context)).collected;

  it('has what PyTorch has of inputs, of every group', async () => {
    const found = await collected();
    expect(found.map(({ tensor }) => session.opened.layers[tensor]!.name)).toEqual(names);
    const theirs = normsInPyTorch();
    for (const { tensor, norms } of found) {
      const wanted = theirs.get(tensor)!;
      expect(norms).toHaveLength(wanted.length);
      const error = Math.max(...norms.map((norm, i) => Math.abs(norm - wanted[i]!)));
      expect(error).toBeLessThanOrEqual(roundings * Math.max(...wanted));
    }
  });

  it("has PyTorch's scores, bit for bit", async () => {
    session.setInputs(of, normsInPyTorch());
    const elements = await session.weights(new Map(), names.map(idOf), context);
    for (const name of names) {
      const unit = session.units.find(({ tensor }) => tensor === idOf(name))!;
      const { axes } = session.opened.layers[unit.tensor]!;
      const score: Score = { criterion, ...(axes && { axes }) };
      const scorer = elementScores(session.measurable, unit, score, context.signal);
      const scores = await scorer(elements.get(unit.tensor)!, 0);
      expect(createHash('sha256').update(scores).digest('hex'), name).toBe(golden.layers[name]!.scores);
    }
  });

  it.each([
    { whose: 'PyTorch’s norms, element for element', norms: async () => normsInPyTorch(), share: 0 },
    {
      // A rounding of a norm moves a weight past another whose score is all but the same.
      whose: 'norms of its own, but for one in 10,000 at most',
      norms: async () => new Map((await collected()).map(({ tensor, norms }) => [tensor, norms])),
      share: of === 'norms' ? 1e-4 : 1e-3,
    },
  ])("has PyTorch's masks from $whose", async ({ norms, share }) => {
    session.setInputs(of, await norms());
    const ids = names.map(idOf);
    const all = candidatesOf(session.opened.layers, { inputNorms: new Set(ids), inputMoments: new Set(ids) });
    const candidates = all.filter(({ id }) => ids.includes(id));
    const before = await session.weights(new Map(), ids, context);
    for (const { recipe, keeps } of golden.cases) {
      const { outcomes } = await settle(parseRecipe(recipe), candidates, new AnswerCache(), (requests) =>
        session.lookUp(requests, context),
      );
      const after = await session.weights(outcomes, ids, context);
      for (const [at, name] of names.entries()) {
        const elements = before.get(ids[at]!)!;
        const differing = differencesOf(after.get(ids[at]!)!, withZeros(elements, bytesIn(keeps[name]!)));
        expect(differing, `${JSON.stringify(recipe)} on ${name}`).toBeLessThanOrEqual(
          (share * elements.length) / width,
        );
      }
    }
  });
});

function differencesOf(a: Uint8Array, b: Uint8Array): number {
  const [ours, theirs] = [a, b].map((bytes) => new Int32Array(bytes.slice().buffer)) as [Int32Array, Int32Array];
  return ours.filter((bits, i) => bits !== theirs[i]).length;
}

/** @param keeps one bit an element */
function withZeros(elements: Uint8Array, keeps: Uint8Array): Uint8Array {
  const pruned = elements.slice();
  for (let i = 0; i < elements.length / width; i++) {
    const isKept = (keeps[i >> 3]! >> (7 - (i & 7))) & 1;
    if (!isKept) pruned.fill(0, i * width, (i + 1) * width);
  }
  return pruned;
}
