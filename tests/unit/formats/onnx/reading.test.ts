/** How a model is read: in few reads, past the weights. */
import { describe, expect, it } from 'vitest';
import { onnx } from '../../../../src/formats/onnx';
import { memorySource } from '../../../../src/lib/source';
import { oneFile } from '../../../support/oneFile';
import { concat, model, number, record, text } from './protobuf';

async function readsOf(bytes: Uint8Array): Promise<{ reads: number; bytes: number; tensors: number }> {
  const source = memorySource(bytes);
  const seen = { reads: 0, bytes: 0 };
  const { tensors } = await onnx.open(
    ...oneFile(
      {
        size: source.size,
        read(offset, length) {
          seen.reads++;
          seen.bytes += length;
          return source.read(offset, length);
        },
      },
      'model.onnx',
    ),
  );
  return { ...seen, tensors: tensors.length };
}

function nodes(count: number): Uint8Array {
  const node = record(1, text(1, 'x'), text(2, 'y'), text(3, '/features/0/relu/Relu'), text(4, 'Relu'));
  return concat(...Array.from({ length: count }, () => node));
}

function initializers(count: number, elements: number): Uint8Array {
  const weights = record(9, new Uint8Array(4 * elements));
  return concat(
    ...Array.from({ length: count }, (_, i) => record(5, number(1, elements), number(2, 1), text(8, `w${i}`), weights)),
  );
}

describe('opening a model', () => {
  it('skips large weights: one small read for each', async () => {
    const bytes = model(record(7, initializers(100, 64 * 1024)));
    const read = await readsOf(bytes);
    expect(read.tensors).toBe(100);
    expect(read.reads).toBeLessThan(110);
    expect(read.bytes).toBeLessThan(bytes.length / 50);
  });

  it('reads many small fields in ever larger windows', async () => {
    const bytes = model(record(7, nodes(50_000)));
    const read = await readsOf(bytes);
    expect(read.reads).toBeLessThan(15);
    expect(read.bytes).toBeLessThan(bytes.length * 1.01);
  });

  it('reads many small tensors along', async () => {
    const bytes = model(record(7, initializers(5000, 8)));
    expect((await readsOf(bytes)).reads).toBeLessThan(15);
  });

  it('reads nothing behind the last field', async () => {
    expect(await readsOf(model(record(7)))).toEqual({ reads: 1, bytes: 4, tensors: 0 });
  });
});

describe('recognising a model', () => {
  const sniff = (...fields: readonly Uint8Array[]) => {
    const bytes = concat(...fields);
    return onnx.sniff(bytes.subarray(0, 4096), bytes.length);
  };

  it('takes its IR version, or its graph, for a sign', () => {
    expect(sniff(number(1, 10))).toBe(true);
    expect(sniff(text(2, 'pytorch'), record(7, text(2, 'main_graph')))).toBe(true);
    expect(sniff(number(1, 3), text(2, 'x'.repeat(5000)), record(7))).toBe(true);
  });

  it.each([
    ['nothing', []],
    ['zeros', [new Uint8Array(64)]],
    ['text', [new TextEncoder().encode('\nmodel = {}\n')]],
    ['an IR version of no sense', [number(1, 2 ** 40)]],
    ['a field that ModelProto has not', [number(1, 1), record(9)]],
    ['a field of another wire type', [number(1, 1), number(7, 1)]],
    // TensorFlow's SavedModel: schema version, then a MetaGraphDef.
    ['a SavedModel', [number(1, 1), record(2, record(1, text(4, 'serve'), number(7, 1)))]],
    // Core ML: specification version, then a description that holds messages.
    ['a Core ML model', [number(1, 4), record(2, record(1, text(1, 'image'), number(3, 1))), record(500)]],
    ['a producer name that is not text', [text(2, '\u0000\u0001'), record(7, text(2, 'g'))]],
  ])('is not misled by %s', (_, fields) => {
    expect(sniff(...fields)).toBe(false);
  });
});
