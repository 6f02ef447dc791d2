/** The engine as the worker runs it: files in, a report and a file out. */

import { describe, expect, it } from 'vitest';
import type { CallContext, Progress } from '../../../src/engine/callContext';
import { createEngine } from '../../../src/engine/engine';
import type { Handlers } from '../../../src/engine/protocol';
import { AnswerCache } from '../../../src/engine/recipe/answerCache';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { settle } from '../../../src/engine/recipe/settle';
import { emptyRecipe, type Recipe } from '../../../src/pruning/recipe';
import type { RefinedBin } from '../../../src/tensors/statistics';
import { loadWasmKernels } from '../../support/kernels';
import { goldenBytes } from '../formats/safetensors/files';
import { context, openBytes, patched, recipeOf } from './patched';

const original = goldenBytes('plain.safetensors');
const file = new File([original], 'plain.safetensors');

async function opened(given = file) {
  const engine = createEngine(loadWasmKernels());
  return { engine, checkpoint: await engine.open({ files: [given] }, context) };
}

async function outcomesOf(engine: Handlers, recipe: Recipe) {
  const { layers } = await engine.open({ files: [file] }, context);
  return (
    await settle(recipe, candidatesOf(layers), new AnswerCache(), (requests) => engine.lookUp({ requests }, context))
  ).outcomes;
}

describe('open', () => {
  it('describes the file and its layers', async () => {
    const { checkpoint } = await opened();
    expect(checkpoint).toMatchObject({ fileName: 'plain.safetensors', size: original.length, format: 'safetensors' });
    expect(checkpoint.layers.map(({ name, kind, numel, byDefault }) => [name, kind, numel, byDefault])).toEqual(
      expect.arrayContaining([
        ['conv.weight', 'conv', 72, true],
        ['conv.bias', 'bias', 4, false],
        ['steps', 'integer', 1, false],
      ]),
    );
    expect(structuredClone(checkpoint)).toEqual(checkpoint);
  });

  it('opens one checkpoint of several, the first by name, and names the others', async () => {
    const engine = createEngine(loadWasmKernels());
    const later = new File([original], 'z.safetensors');
    const opened = await engine.open({ files: [later, file] }, context);
    expect(opened).toMatchObject({ fileName: 'plain.safetensors', size: original.length });
    expect(opened.notes).toEqual([
      { severity: 'warning', text: expect.stringMatching(/^z\.safetensors was left aside/) },
    ]);
  });

  it('needs a file', async () => {
    const engine = createEngine(loadWasmKernels());
    await expect(engine.open({ files: [] }, context)).rejects.toMatchObject({ code: 'internal' });
  });

  it('says what the file holds before it is measured', async () => {
    const told: Progress[] = [];
    const progress = (made: Progress) => told.push(made);
    const engine = createEngine(loadWasmKernels());
    const { layers, ...rest } = await engine.open({ files: [file] }, { ...context, progress });
    const structures = told.flatMap(({ structure }) => structure ?? []);
    const unmeasured = layers.map(({ statistics, ...layer }) => layer);
    expect(structures).toEqual([{ ...rest, layers: unmeasured }]);
    expect(layers.some(({ statistics }) => statistics)).toBe(true);
    expect(told.findIndex(({ structure }) => structure)).toBeLessThan(told.findIndex(({ done }) => done > 0));
  });

  it('leaves what was open before open when it fails', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, recipeOf({}));
    const damaged = new File([original.slice(0, 500)], 'damaged.safetensors');
    await expect(engine.open({ files: [damaged] }, context)).rejects.toMatchObject({ code: 'malformed-file' });
    expect((await engine.export({ outcomes }, context)).files).toMatchObject([{ name: 'plain-pruned.safetensors' }]);
  });

  it('stops when it is cancelled', async () => {
    const engine = createEngine(loadWasmKernels());
    const cancelled: CallContext = { ...context, signal: AbortSignal.abort() };
    await expect(engine.open({ files: [file] }, cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(engine.lookUp({ requests: [] }, context)).rejects.toMatchObject({ code: 'internal' });
  });

  it('counts bytes and tensors up to the end of each stage', async () => {
    const engine = createEngine(loadWasmKernels());
    const seen: Progress[] = [];
    const watched: CallContext = { ...context, progress: (progress) => seen.push(progress) };
    const { layers } = await engine.open({ files: [file] }, watched);
    const measured = layers.filter(({ statistics }) => statistics).length;
    expect(seen[0]).toMatchObject({ stage: 'reading structure' });
    const last = seen.at(-1)!;
    expect(last).toMatchObject({ stage: 'measuring', tensorsDone: measured, tensorsTotal: measured });
    expect(last.done).toBe(last.total);
  });
});

describe('lookUp', () => {
  it('answers in the order of the requests, also when a bin is asked for twice', async () => {
    const { engine, checkpoint } = await opened();
    const { id, statistics } = checkpoint.layers.find(({ name }) => name === 'conv.weight')!;
    const { firstBin, positive, negative } = statistics!.histogram;
    const bins = [...positive.keys()].filter((i) => positive[i]! + negative[i]! > 0).map((i) => firstBin + i);
    const requests = [bins.at(-1)!, bins[0]!, bins.at(-1)!].map(
      (bin) => ({ kind: 'bin', tensor: id, score: { criterion: 'magnitude' }, after: [], bin }) as const,
    );
    const refined = (await engine.lookUp({ requests }, context)) as RefinedBin[];
    expect(refined.map(({ bin }) => bin)).toEqual(requests.map(({ bin }) => bin));
    refined.forEach(({ bin, positive: plus, negative: minus }) => {
      const count = [...plus, ...minus].reduce((sum, each) => sum + each, 0);
      expect(count).toBe(positive[bin - firstBin]! + negative[bin - firstBin]!);
    });
  });
});

describe('export', () => {
  it('gives a file with the patches in place, and the counts of what it wrote', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, recipeOf({}));
    const { files, ...counts } = await engine.export({ outcomes }, context);
    const expected = await patched(original, await openBytes(original, file.name), recipeOf({}));
    expect(files).toMatchObject([{ name: 'plain-pruned.safetensors', size: original.length }]);
    expect(new Uint8Array(await files[0]!.file!.arrayBuffer())).toEqual(expected.bytes);
    expect(counts).toEqual(expected.counts);
  });

  it('gives the original for an empty recipe', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, emptyRecipe);
    const { files, weights } = await engine.export({ outcomes }, context);
    expect(files).toHaveLength(1);
    expect(new Uint8Array(await files[0]!.file!.arrayBuffer())).toEqual(original);
    expect(weights).toBe(0);
  });

  /** What "Save to…" hands over; `lost` bytes never reach the disk. */
  function destinationOf(lost = 0) {
    const bytes: number[] = [];
    const handle = {
      createWritable: async () => ({
        write: async ({ position, data }: { position: number; data: Uint8Array<ArrayBuffer> | Blob }) => {
          new Uint8Array(await new Blob([data]).arrayBuffer()).forEach((byte, i) => {
            bytes[position + i] = byte;
          });
        },
        close: async () => {},
        abort: async () => {},
      }),
      getFile: async () => new File([new Uint8Array(bytes.slice(0, bytes.length - lost))], 'saved'),
    };
    return { bytes, destination: handle as unknown as FileSystemFileHandle };
  }

  it('writes to the file that was picked', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, recipeOf({}));
    const { bytes, destination } = destinationOf();
    const report = await engine.export({ outcomes, destination }, context);
    expect(report.files).toEqual([{ name: 'plain-pruned.safetensors', size: original.length }]);
    const expected = await patched(original, await openBytes(original, file.name), recipeOf({}));
    expect(new Uint8Array(bytes)).toEqual(expected.bytes);
  });

  it('says when the file that was picked came out short', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, recipeOf({}));
    const { destination } = destinationOf(1);
    await expect(engine.export({ outcomes, destination }, context)).rejects.toMatchObject({ code: 'write-failed' });
  });

  it('stops when it is cancelled', async () => {
    const { engine } = await opened();
    const outcomes = await outcomesOf(engine, recipeOf({}));
    const cancelled: CallContext = { ...context, signal: AbortSignal.abort() };
    await expect(engine.export({ outcomes }, cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });
});
