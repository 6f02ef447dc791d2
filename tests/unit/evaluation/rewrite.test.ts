import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementsOf, putElements, readGraph, sessionFiles } from '../../../src/evaluation/graph/modelInMemory';
import { rewrite } from '../../../src/evaluation/graph/rewrite';
import { loadRuntime } from '../../../src/evaluation/runtime';
import { fromNumbers, toFloats } from '../../../src/evaluation/values';
import { blobSource } from '../../../src/lib/browser/blobSource';
import { oneFile } from '../../support/oneFile';
import { fileOf, sampleFile } from '../../support/studio';

const goldens = join(import.meta.dirname, '../../golden/files');

describe('a rewritten model', () => {
  it('takes weights as inputs, and computes the same', async () => {
    const { createSession } = await loadRuntime();
    const graph = await readGraph(...oneFile(blobSource(sampleFile('digits-cnn.onnx')), 'digits-cnn.onnx'));
    const weight = graph.tensors.find((tensor) => tensor?.name === 'fc1.weight')!;
    const image = fromNumbers(
      'F32',
      [1, 1, 8, 8],
      Float32Array.from({ length: 64 }, (_, i) => (i % 7) / 7),
    );
    const feeds = new Map([['image', image]]);
    const original = await createSession(...sessionFiles(graph, graph.bytes));
    const fed = await createSession(rewrite(graph.bytes, graph.operators, { inputs: [weight] }));
    expect(fed.inputs.map(({ name }) => name)).toEqual(['image', 'fc1.weight']);
    const values = { dtype: weight.dtype, shape: weight.shape, bytes: elementsOf(graph.bytes, weight) };
    const [expected, given] = [await original.run(feeds), await fed.run(new Map([...feeds, ['fc1.weight', values]]))];
    toFloats(given.get('scores')!).forEach((score, i) => {
      expect(score).toBeCloseTo(toFloats(expected.get('scores')!)[i]!, 4);
    });
    await original.release();
    await fed.release();
  });

  it('gives inner values as outputs, once each', async () => {
    const { createSession } = await loadRuntime();
    const graph = await readGraph(...oneFile(blobSource(sampleFile('digits-cnn.onnx')), 'digits-cnn.onnx'));
    const inner = graph.operators.main.nodes[0]!.outputs[0]!;
    const session = await createSession(rewrite(graph.bytes, graph.operators, { outputs: [inner, 'scores'] }));
    expect(session.outputs.map(({ name }) => name)).toEqual(['scores', inner]);
    await session.release();
  });

  it('has none of its initializers among its inputs, as old exporters list them', async () => {
    const { createSession } = await loadRuntime();
    const graph = await readGraph(...oneFile(blobSource(fileOf(join(goldens, 'onnx/old.onnx'))), 'old.onnx'));
    const session = await createSession(...sessionFiles(graph, graph.bytes));
    const weights = new Set(graph.tensors.map((tensor) => tensor?.name));
    expect(session.inputs.filter(({ name }) => weights.has(name))).toEqual([]);
    await session.release();
  });

  it('can be patched in place, however its elements are stored', async () => {
    for (const name of ['typed.onnx', 'raw.onnx']) {
      const graph = await readGraph(...oneFile(blobSource(fileOf(join(goldens, 'onnx', name))), name));
      const tensor = graph.tensors.find((each) => each !== undefined && elementsOf(graph.bytes, each).length > 0)!;
      const elements = elementsOf(graph.bytes, tensor);
      putElements(
        graph.bytes,
        tensor,
        elements.map((byte) => byte ^ 0xff),
      );
      expect(elementsOf(graph.bytes, tensor)).toEqual(elements.map((byte) => byte ^ 0xff));
    }
  });
});

describe('models that cannot be run from one file', () => {
  it('are refused in one sentence', async () => {
    const external = fileOf(join(goldens, 'onnx/external.onnx'));
    await expect(readGraph(...oneFile(blobSource(external), 'external.onnx'))).rejects.toMatchObject({
      code: 'evaluation-failed',
      message: expect.stringContaining('keeps weights in another file'),
    });
    await expect(readGraph(...oneFile(blobSource(new Blob(['not a model'])), 'x.onnx'))).rejects.toMatchObject({
      code: 'malformed-file',
    });
  });
});
