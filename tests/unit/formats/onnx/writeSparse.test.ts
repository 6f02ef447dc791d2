/** Models with sparse initializers, read by Secateur's own reader. ONNX Runtime runs them in tests/interop. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onnx } from '../../../../src/formats/onnx';
import { readModel } from '../../../../src/formats/onnx/readModel';
import { withSparseInitializers } from '../../../../src/formats/onnx/write/sparse';
import { type ByteSource, memorySource } from '../../../../src/lib/source';
import { splicedSource } from '../../../../src/lib/splice';
import { oneFile } from '../../../support/oneFile';

const bytes = readFileSync(resolve(import.meta.dirname, '../../../../public/samples/digits-cnn.onnx'));
const model = memorySource(bytes);

async function sparseModel(isSparse: (index: number) => boolean): Promise<ByteSource> {
  const content = {
    shape: [3, 5],
    values: [new Uint8Array(8).fill(1)],
    indices: [new Uint8Array(new BigInt64Array([0n, 14n]).buffer)],
    count: 2,
  };
  return splicedSource(
    withSparseInitializers(model, await readModel(model, {}), (index) => (isSparse(index) ? content : undefined)),
  );
}

describe('a model', () => {
  it('in which nothing becomes sparse is the same, byte for byte', async () => {
    const same = await sparseModel(() => false);
    expect(Buffer.from(await same.read(0, same.size)).equals(bytes)).toBe(true);
  });

  it('has a sparse initializer in place of a dense one, by its name', async () => {
    const { tensors: before } = await onnx.open(...oneFile(model, 'x.onnx'));
    const { tensors } = await onnx.open(...oneFile(await sparseModel((index) => index === 0), 'x.onnx'));
    const { name } = before[0]!;
    expect(tensors.map((tensor) => tensor.name).sort()).toEqual(before.map((tensor) => tensor.name).sort());
    const sparse = tensors.find((tensor) => tensor.name === name);
    expect(sparse).toMatchObject({ dtype: before[0]!.dtype, shape: [3, 5] });
    expect(sparse?.readOnly).toBeUndefined();
  });

  it('keeps every other byte', async () => {
    const { main, records } = await readModel(model, {});
    const record = main.initializers[0]!.record!;
    const made = await sparseModel((index) => index === 0);
    const written = Buffer.from(await made.read(0, made.size));
    const rest = bytes.subarray(record.end);
    expect(written.subarray(written.length - rest.length).equals(rest)).toBe(true);
    const before = bytes.subarray(records.graph[0]!.message.start, record.start);
    expect(written.includes(before)).toBe(true);
  });
});
