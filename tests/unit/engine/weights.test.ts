import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CallContext } from '../../../src/engine/callContext';
import { candidatesOf } from '../../../src/engine/recipe/candidates';
import { createEngine } from '../../../src/engine/worker/engine';
import { resolve } from '../../../src/pruning/resolve';
import { loadWasmKernels } from '../../support/kernels';

const context: CallContext = { signal: new AbortController().signal, progress: () => {} };
const goldens = join(import.meta.dirname, '../../golden/files/pytorch');

async function open(path: string) {
  const engine = createEngine(loadWasmKernels());
  const file = new File([readFileSync(path)], path);
  const { layers } = await engine.open({ files: [file] }, context);
  const idOf = (name: string) => layers.find((layer) => layer.name === name)!.id;
  return { engine, layers, idOf };
}

function floats(bytes: Uint8Array<ArrayBuffer>): number[] {
  return [...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)];
}

describe('weights', () => {
  it.each(['views.pt', 'big-endian.pt', 'dtypes.pt'])('of %s come row by row, little-endian', async (name) => {
    const golden: { key: string; sha256: string }[] = JSON.parse(readFileSync(join(goldens, `${name}.json`), 'utf8'));
    const { engine, layers } = await open(join(goldens, name));
    const readable = layers.filter(({ statistics }) => statistics);
    expect(readable.length).toBeGreaterThan(1);
    const weights = await engine.weights({ outcomes: new Map(), tensors: readable.map(({ id }) => id) }, context);
    for (const { id, name: key } of readable) {
      const sha256 = createHash('sha256').update(weights.get(id)!).digest('hex');
      expect({ key, sha256 }).toEqual({ key, sha256: golden.find((tensor) => tensor.key === key)!.sha256 });
    }
  });

  it('are pruned where the outcomes say so, and as in the file elsewhere', async () => {
    const { engine, layers, idOf } = await open(join(import.meta.dirname, '../../../public/samples/digits-cnn.pth'));
    const rule = {
      criterion: 'magnitude',
      granularity: 'weight',
      scope: 'global',
      amount: { threshold: 0.05 },
    } as const;
    const { outcomes } = resolve(
      { format: 'secateur-recipe', version: 1, rules: [rule] },
      candidatesOf(layers),
      new Map(),
    );
    const [pruned, untouched] = [idOf('fc2.weight'), idOf('fc2.bias')];
    const tensors = [pruned, untouched];
    const before = await engine.weights({ outcomes: new Map(), tensors }, context);
    const after = await engine.weights({ outcomes, tensors }, context);
    expect(floats(after.get(pruned)!)).toEqual(
      floats(before.get(pruned)!).map((weight) => (Math.abs(weight) <= Math.fround(0.05) ? 0 : weight)),
    );
    expect(after.get(untouched)).toEqual(before.get(untouched));
  });

  it('of tensors that are not measured are refused by name', async () => {
    const { engine, idOf } = await open(join(import.meta.dirname, '../../../public/samples/digits-cnn.pth'));
    const counter = idOf('bn1.num_batches_tracked');
    await expect(engine.weights({ outcomes: new Map(), tensors: [counter] }, context)).rejects.toMatchObject({
      code: 'unsupported-feature',
      message: 'The weights of bn1.num_batches_tracked cannot be read.',
    });
  });

  it('are given through a port as to the page', async () => {
    const { engine, idOf } = await open(join(import.meta.dirname, '../../../public/samples/digits-cnn.pth'));
    const { port1, port2 } = new MessageChannel();
    await engine.connect({ port: port1 }, context);
    const answer = new Promise((done) => {
      port2.onmessage = ({ data }) => {
        if (data.type !== 'progress') done(data);
      };
    });
    const params = { outcomes: new Map(), tensors: [idOf('fc2.bias')] };
    port2.postMessage({ type: 'call', id: 7, method: 'weights', params });
    expect(await answer).toMatchObject({ type: 'result', id: 7, result: await engine.weights(params, context) });
    port1.close();
    port2.close();
  });
});
