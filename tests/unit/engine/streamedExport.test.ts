/** A download that is read while it is written: the same bytes, in order, and none that is whole where writing failed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportPruned } from '../../../src/engine/exports/exportPruned';
import { streaming } from '../../../src/engine/worker/outputs';
import { canBeInOrder, inFileOrder } from '../../../src/engine/writing/inFileOrder';
import type { Patch } from '../../../src/engine/writing/patches';
import { noStream, StreamSink, streamedFile } from '../../../src/lib/browser/fileStream';
import { memorySink } from '../../../src/lib/splicingSink';
import { context, openFile } from '../../support/exporting';
import { loadWasmKernels } from '../../support/kernels';
import { recipeOf, resolveExactly } from './patched';

/** What comes out at the other end. */
async function read(port: MessagePort): Promise<{ size: number; bytes: Uint8Array; failed?: unknown }> {
  const file = await streamedFile(port);
  if (!file) return { size: 0, bytes: new Uint8Array(), failed: 'none' };
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of file.stream) chunks.push(chunk);
    return { size: file.size, bytes: Buffer.concat(chunks) };
  } catch (failed) {
    return { size: file.size, bytes: Buffer.concat(chunks), failed };
  }
}

describe.each(['digits-cnn.pth', 'digits-cnn.safetensors', 'digits-cnn.onnx'])('the pruned %s', (name) => {
  it('streams as the bytes that a file of it has', async () => {
    const file = new File([readFileSync(join('public/samples', name))], name);
    const { source, session } = await openFile(file, loadWasmKernels());
    expect(canBeInOrder(session.measurable.checkpoint)).toBe(true);
    const { outcomes } = await resolveExactly(session, recipeOf({ scope: 'global', amount: { sparsity: 0.5 } }));
    const { port1, port2 } = new MessageChannel();
    const reading = read(port2);
    const streamed = await exportPruned({ source, session }, outcomes, streaming(port1), context, true);
    const written = await exportPruned({ source, session }, outcomes, memorySink, context);
    const content = written.files[0]!.content;
    const { size, bytes } = await reading;
    expect(size).toBe(file.size);
    expect(Buffer.compare(bytes, await content.read(0, content.size))).toBe(0);
    expect({ ...streamed, files: [] }).toEqual({ ...written, files: [] });
  });
});

describe('a stream', () => {
  const mebibyte = 2 ** 20;
  const bytesOf = (length: number) => new Uint8Array(length).map((_, i) => (i * 7) % 251);

  it('takes bytes over others that are not long past, whatever the sizes', async () => {
    const expected = bytesOf(40 * mebibyte + 12345);
    const { port1, port2 } = new MessageChannel();
    const reading = read(port2);
    const sink = new StreamSink(port1, expected.length);
    const step = 3 * mebibyte + 1;
    for (let at = 0; at < expected.length; at += step) {
      await sink.put(at, expected.slice(at, at + step));
      const over = Uint8Array.of(1, 2, 3, 4);
      const from = Math.max(0, at - mebibyte - 2);
      expected.set(over, from);
      await sink.put(from, over);
    }
    await sink.close();
    const { bytes, failed } = await reading;
    expect(failed).toBeUndefined();
    expect(Buffer.compare(bytes, expected)).toBe(0);
  });

  it('that is aborted fails before its last bytes', async () => {
    const { port1, port2 } = new MessageChannel();
    const reading = read(port2);
    const sink = new StreamSink(port1, 20 * mebibyte);
    await sink.put(0, bytesOf(20 * mebibyte));
    await sink.abort();
    const { size, bytes, failed } = await reading;
    expect(failed).toBeInstanceOf(TypeError);
    expect(bytes.length).toBeLessThan(size);
  });

  it('is no whole file before all of it was written', async () => {
    const { port1, port2 } = new MessageChannel();
    void read(port2);
    const sink = new StreamSink(port1, 10);
    await sink.put(0, bytesOf(4));
    await expect(sink.close()).rejects.toThrow('4 bytes of 10 were written');
    await sink.abort();
  });

  it('ends the export where the browser ended the download', async () => {
    const { port1, port2 } = new MessageChannel();
    const file = streamedFile(port2);
    const sink = new StreamSink(port1, 80 * mebibyte);
    await (await file)?.stream.cancel();
    const writing = async () => {
      for (let at = 0; at < 80; at++) await sink.put(at * mebibyte, bytesOf(mebibyte));
    };
    await expect(writing()).rejects.toMatchObject({ code: 'write-failed' });
    await sink.abort();
  });

  it('that is not needed says so', async () => {
    const { port1, port2 } = new MessageChannel();
    const reading = streamedFile(port2);
    noStream(port1);
    expect(await reading).toBeUndefined();
  });
});

describe('checksums', () => {
  const patch = (offset: number, length: number): Patch => ({ offset, bytes: new Uint8Array(length) });
  const order = async (...patches: readonly Patch[]) => {
    const given = (async function* () {
      yield* patches;
      return 'said';
    })();
    const offsets: number[] = [];
    for await (const { offset } of inFileOrder(given)) offsets.push(offset);
    return offsets;
  };

  it('wait for what stands before them', async () => {
    const directory = [patch(900, 4), patch(950, 4)];
    expect(await order(patch(0, 50), patch(60, 4), directory[1]!, patch(100, 50), directory[0]!)).toEqual([
      0, 60, 100, 900, 950,
    ]);
  });

  it('that stand before what they cover, and files of several parts, are for other ways', () => {
    const parts = [{ name: 'a.pth', start: 0, end: 100 }];
    const checksum = { range: { start: 10, end: 20 }, stored: 1, fields: [20, 90] };
    expect(canBeInOrder({ parts, checksums: [checksum] })).toBe(true);
    expect(canBeInOrder({ parts, checksums: [{ ...checksum, fields: [4, 90] }] })).toBe(false);
    expect(canBeInOrder({ parts: [...parts, ...parts], checksums: [] })).toBe(false);
  });
});
