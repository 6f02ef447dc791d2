/** Graphs that were exported for one sample at a time, opened to several. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../../src/evaluation/evaluator';
import { readGraph, sessionFiles } from '../../../src/evaluation/graph/modelInMemory';
import { batchesOf } from '../../../src/evaluation/inputs/dataset';
import type { GraphValue } from '../../../src/evaluation/protocol';
import { type LoadedRuntime, loadRuntime } from '../../../src/evaluation/runtime';
import { fromNumbers, rowsOf, toFloats } from '../../../src/evaluation/values';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { oneFile } from '../../support/oneFile';
import { countRealModels, pathsOfRealModels } from '../../support/realFiles';
import { fileOf, sampleFile } from '../../support/studio';
import { context } from './support';

const goldens = join(import.meta.dirname, '../../golden/files');
const graphs = [
  join(goldens, 'onnx/exported.onnx'),
  join(goldens, 'cases/ir3.onnx'),
  ...pathsOfRealModels(/^ultraface-rfb-320-no-postprocessing\.onnx$/),
];

/** Numbers for an input, as many samples as asked for. */
function samplesFor({ dtype, shape = [] }: GraphValue, count: number) {
  const sizes = [count, ...shape.slice(1).map(Number)];
  const numel = sizes.reduce((product, size) => product * size, 1);
  return fromNumbers(
    dtype,
    sizes,
    Array.from({ length: numel }, (_, i) => Math.sin(i * 0.37)),
  );
}

describe('a graph for one sample', () => {
  it.each(graphs)('comes to the same for several at once: %s', async (path) => {
    const { createSession } = await loadRuntime();
    const [source, parts] = oneFile(blobSource(fileOf(path)), 'm.onnx');
    const [asItIs, opened] = [await readGraph(source, parts), await readGraph(source, parts, true)];
    expect([asItIs.takesMany, opened.takesMany]).toEqual([false, true]);
    const [one, many] = [
      await createSession(...sessionFiles(asItIs, asItIs.bytes)),
      await createSession(...sessionFiles(opened, opened.bytes)),
    ];
    const [input] = many.inputs;
    const values = samplesFor(input!, 3);
    const together = await many.run(new Map([[input!.name, values]]));
    for (let sample = 0; sample < 3; sample++) {
      const alone = await one.run(new Map([[input!.name, rowsOf(values, sample, 1)]]));
      for (const [name, output] of alone) {
        const row = toFloats(rowsOf(together.get(name)!, sample, 1));
        toFloats(output).forEach((value, i) => {
          expect(Math.abs(value - row[i]!)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(value)));
        });
      }
    }
    await one.release();
    await many.release();
  });

  it('is run on several at once, though it is fed one by one', async () => {
    const runtime = await loadRuntime();
    const fed: number[] = [];
    const counting: LoadedRuntime = {
      ...runtime,
      createSession: async (...files) => {
        const session = await runtime.createSession(...files);
        const run: typeof session.run = (feeds) => {
          fed.push([...feeds.values()][0]!.shape[0]!);
          return session.run(feeds);
        };
        return { ...session, run };
      },
    };
    const graph = await readGraph(...oneFile(blobSource(fileOf(graphs[0]!)), 'm.onnx'), true);
    const session = await counting.createSession(...sessionFiles(graph, graph.bytes));
    const inputs = session.inputs.map((input) => ({ ...input, shape: [1, ...input.shape!.slice(1)] }));
    const { outputs } = session;
    await session.release();
    const arrays = new Map(inputs.map((input) => [input.name, samplesFor(input, 40)]));
    const { batches } = batchesOf(inputs, arrays, undefined);
    expect(batches).toHaveLength(40);
    const dataset = { title: '', samples: 40, batches, labelled: false, remarks: [] };
    const runnable = { runtime: counting, graph, targets: [], inputs, outputs, fetch: async () => new Map() };
    const evaluator = await Evaluator.start(runnable, dataset, context, 'session');
    fed.length = 0;
    const { outputs: drifts } = await evaluator.evaluate(new Map(), context);
    expect(fed.reduce((sum, rows) => sum + rows, 0)).toBe(40);
    expect(fed.length).toBeLessThan(40);
    expect(drifts[0]).toMatchObject({ relativeL2: 0 });
    expect(drifts[0]!.shape[0]).toBe(40);
    await evaluator.release();
  });

  it('is one whose every input begins with an axis of one', async () => {
    const graph = await readGraph(...oneFile(blobSource(sampleFile('digits-cnn.onnx')), 'digits-cnn.onnx'), true);
    expect(graph.takesMany).toBe(false);
  });
});

countRealModels(/\.onnx$/);
