/** The pool over workers in this thread, whose messages cross as they do between threads. */
import { describe, expect, it } from 'vitest';
import type { WorkerLike } from '../../../../src/engine/client';
import { dispatcher } from '../../../../src/engine/dispatch';
import { WorkerPool } from '../../../../src/engine/pool/workerPool';
import type { FromWorker, ToWorker } from '../../../../src/engine/protocol';
import { WeightMemory } from '../../../../src/engine/reading/weightMemory';
import { openSession } from '../../../../src/engine/session';
import { createEngine } from '../../../../src/engine/worker/engine';
import { safetensorsFile } from '../../../../src/formats/safetensors/write';
import { blobOf } from '../../../../src/lib/browser/blobOf';
import { blobSource } from '../../../../src/lib/browser/blobSource';
import type { ByteSource } from '../../../../src/lib/source';
import type { Request } from '../../../../src/pruning/resolution';
import { expectSame } from '../../../support/expectSame';
import { loadWasmKernels } from '../../../support/kernels';
import { oneFile } from '../../../support/oneFile';
import { bytesOf, weights } from '../../kernels/support';
import { context } from '../sessions';

const kernels = loadWasmKernels();

/** An engine of its own; `dies` at its first call where told to. */
class InProcessWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  calls = 0;
  private readonly dies: boolean;
  private readonly receive: (message: ToWorker) => void;

  constructor({ starts = true, dies = false } = {}) {
    this.dies = dies;
    this.receive = dispatcher(
      Promise.resolve(() => createEngine(loadWasmKernels())),
      (message, transfer) => this.say(message, transfer),
    );
    if (starts) queueMicrotask(() => this.say({ type: 'computing', name: 'WASM SIMD' }));
    else queueMicrotask(() => this.onerror?.({ message: 'blocked' } as ErrorEvent));
  }

  postMessage(message: ToWorker): void {
    this.calls++;
    if (this.dies) queueMicrotask(() => this.onerror?.({ message: 'out of memory' } as ErrorEvent));
    else this.receive(structuredClone(message));
  }

  terminate(): void {
    this.onmessage = null;
  }

  private say(message: FromWorker, transfer: Transferable[] = []): void {
    this.onmessage?.({ data: structuredClone(message, { transfer }) } as MessageEvent<FromWorker>);
  }
}

/** Layers that come to some 36 MiB. */
function largeFile(): File {
  const rows = 1024;
  const content = [new Uint8Array(bytesOf('F32', weights(rows * 1024)))];
  const contents = Array.from({ length: 9 }, (_, i) => ({
    name: `layers.${i}.weight`,
    dtype: 'F32' as const,
    shape: [rows, 1024],
    content,
  }));
  return new File([blobOf(safetensorsFile(contents, {}))], 'large.safetensors');
}

function poolOf(cores: number, startWorker: () => WorkerLike, grown = () => {}): WorkerPool {
  return new WorkerPool({ cores, startWorker, leastBytes: 32 * 2 ** 20, grown });
}

const file = largeFile();

async function opened(pool: WorkerPool, of = file) {
  const { opened } = await openSession(...oneFile(blobSource(of), of.name), kernels, context, {
    passes: pool.passesOver(of),
  });
  return opened;
}

const alone = await openSession(...oneFile(blobSource(file), file.name), kernels, context);

function exactFigures({ layers }: typeof alone.opened) {
  return layers.map(({ statistics }) => {
    const { mean, std, ...exact } = statistics!;
    return exact;
  });
}

describe('WorkerPool', () => {
  it('starts as many workers as there are further cores, once, and measures the same', async () => {
    const workers: InProcessWorker[] = [];
    const startWorker = () => {
      workers.push(new InProcessWorker());
      return workers.at(-1)!;
    };
    const sizes: number[] = [];
    const pool: WorkerPool = poolOf(3, startWorker, () => sizes.push(pool.size));
    expect(pool.size).toBe(1);
    expect(exactFigures(await opened(pool))).toEqual(exactFigures(alone.opened));
    expect(sizes).toEqual([2, 3]);
    await opened(pool);
    expect(workers).toHaveLength(2);
    expect(workers.every(({ calls }) => calls > 1)).toBe(true);
  });

  it('looks into bins as one pass does', async () => {
    const pool = poolOf(2, () => new InProcessWorker());
    const shared = await openSession(...oneFile(blobSource(file), file.name), kernels, context, {
      passes: pool.passesOver(file),
    });
    const requests = shared.opened.layers.flatMap(({ id, statistics }) => {
      const { firstBin, positive } = statistics!.histogram;
      const bins = [firstBin + positive.length - 1, firstBin + Math.floor(positive.length * 0.9)];
      return bins.map(
        (bin): Request => ({ kind: 'bin', tensor: id, score: { criterion: 'magnitude' }, after: [], bin }),
      );
    });
    expectSame(await shared.lookUp(requests, context), await alone.lookUp(requests, context), 'bins');
  });

  it('gives the bytes that its workers read to where they are kept', async () => {
    const workers: InProcessWorker[] = [];
    const startWorker = () => {
      workers.push(new InProcessWorker());
      return workers.at(-1)!;
    };
    const pool = poolOf(3, startWorker);
    const plain = blobSource(file);
    let reads = 0;
    const source: ByteSource = {
      size: plain.size,
      read: (offset, length) => {
        reads++;
        return plain.read(offset, length);
      },
    };
    const means = { passes: pool.passesOver(file), memory: new WeightMemory(2 ** 30) };
    const kept = await openSession(...oneFile(source, file.name), kernels, context, means);
    const calls = workers.map((worker) => worker.calls);
    reads = 0;
    const requests = kept.opened.layers.map(
      ({ id, statistics }): Request => ({
        kind: 'bin',
        tensor: id,
        score: { criterion: 'magnitude' },
        after: [],
        bin: statistics!.histogram.firstBin + 9,
      }),
    );
    expectSame(await kept.lookUp(requests, context), await alone.lookUp(requests, context), 'bins');
    expect(calls.every((number) => number > 0)).toBe(true);
    expect([reads, ...workers.map((worker) => worker.calls)]).toEqual([0, ...calls]);
  });

  it('has at most eight', async () => {
    const pool = poolOf(64, () => new InProcessWorker());
    await opened(pool);
    expect(pool.size).toBe(8);
  });

  it('stays alone with a small file', async () => {
    const startWorker = () => {
      throw new Error('not expected');
    };
    const weight = { name: 'a.weight', dtype: 'F32', shape: [2, 2], content: [new Uint8Array(16)] } as const;
    const small = new File([blobOf(safetensorsFile([weight], {}))], 'small.safetensors');
    const pool = poolOf(4, startWorker);
    expect((await opened(pool, small)).layers).toHaveLength(1);
    expect(pool.size).toBe(1);
  });

  it('replaces a worker that crashes', async () => {
    let started = 0;
    const pool = poolOf(2, () => new InProcessWorker({ dies: started++ === 0 }));
    expect(exactFigures(await opened(pool))).toEqual(exactFigures(alone.opened));
    expect(started).toBe(2);
    expect(pool.size).toBe(2);
  });

  it.each([
    ['are blocked', () => new InProcessWorker({ starts: false, dies: true })],
    [
      'do not exist',
      () => {
        throw new ReferenceError('Worker is not defined');
      },
    ],
  ])('goes on alone where workers in workers %s', async (_, startWorker) => {
    const pool = poolOf(4, startWorker);
    expect(exactFigures(await opened(pool))).toEqual(exactFigures(alone.opened));
    expect(pool.size).toBe(1);
  });
});
