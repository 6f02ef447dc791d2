/** A model run in pieces gives what it gives as a whole, whether there is memory for what lies between or not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGraph } from '../../../../src/evaluation/graph/modelInMemory';
import { Dependencies } from '../../../../src/evaluation/repair/dependencies';
import { keptBytes, Walk } from '../../../../src/evaluation/repair/walk';
import { loadRuntime } from '../../../../src/evaluation/runtime';
import { fromNumbers, toFloats } from '../../../../src/evaluation/values';
import { partsOf } from '../../../../src/lib/parts';
import { memorySource } from '../../../../src/lib/source';
import { samples } from '../support';

const batches = [3, 2].map((count) => {
  const numbers = Float32Array.from({ length: count * 64 }, (_, i) => ((i * 7919) % 64) / 64);
  return { samples: count, feeds: new Map([['image', fromNumbers('F32', [count, 1, 8, 8], numbers)]]) };
});

describe('a graph run in pieces', () => {
  it.each([
    { what: 'all that lies between is kept', budget: keptBytes },
    { what: 'nothing of it is', budget: 0 },
  ])('gives what it gives as a whole where $what', async ({ budget }) => {
    const bytes = new Uint8Array(readFileSync(join(samples, 'digits-cnn.onnx')));
    const graph = await readGraph(memorySource(bytes), partsOf([{ name: 'digits-cnn.onnx', size: bytes.length }]));
    const runtime = await loadRuntime();
    const { nodes } = graph.operators.main;
    const layers = nodes.filter(({ opType }) => opType === 'Conv' || opType === 'Gemm');
    const [second, third] = [layers[1]!.inputs[0]!, layers[2]!.inputs[0]!];
    const whole = await runtime.createSession(graph.bytes);
    const walk = new Walk(runtime, graph, new Dependencies(graph.operators), batches, graph.bytes, budget);
    const pieces = [
      { names: ['image', second], later: [third, 'scores'] },
      { names: [third], later: ['scores'] },
      { names: ['scores'], later: [] },
    ];
    for (const { names, later } of pieces) {
      const piece = await walk.begin(names, later);
      for (const [index, { feeds, samples: count }] of batches.entries()) {
        const values = await piece.run(index);
        expect([...values.keys()]).toEqual(names);
        for (const value of values.values()) expect(value.shape[0]).toBe(count);
        const scores = values.get('scores');
        if (!scores) continue;
        const expected = toFloats((await whole.run(feeds)).get('scores')!);
        toFloats(scores).forEach((value, i) => {
          expect(value).toBeCloseTo(expected[i]!, 4);
        });
      }
      await piece.end();
    }
    await whole.release();
  });
});
