import { describe, expect, it, vi } from 'vitest';
import { EngineClient, type WorkerLike } from '../../../src/engine/client';
import { dispatcher } from '../../../src/engine/dispatch';
import type { OpenedCheckpoint } from '../../../src/engine/opened';
import type { FromWorker, Handlers, Params, ToWorker } from '../../../src/engine/protocol';
import type { ReferenceReport } from '../../../src/engine/reading/reference';
import { CheckpointError, malformed } from '../../../src/lib/errors';

const opened: OpenedCheckpoint = {
  fileName: 'a.pth',
  parts: [{ name: 'a.pth', start: 0, end: 1 }],
  size: 1,
  format: 'PyTorch zip',
  can: { script: 'torch.save' },
  layers: [],
  models: [{ id: '', title: 'the outermost dict', layers: 0, weights: 0 }],
  notes: [],
};

/** A worker in this thread: messages cross as structured clones, later, as they do between threads. */
class FakeWorker implements WorkerLike {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  terminated = false;
  readonly received: ToWorker[] = [];
  private readonly receive: (message: ToWorker) => void;

  constructor(makeEngine: () => Handlers) {
    this.receive = dispatcher(Promise.resolve(makeEngine), (message) => {
      const data = structuredClone(message);
      queueMicrotask(() => this.onmessage?.({ data } as MessageEvent<FromWorker>));
    });
  }

  postMessage(message: ToWorker): void {
    this.received.push(message);
    queueMicrotask(() => this.receive(message));
  }

  terminate(): void {
    this.terminated = true;
  }
}

function handlersWith(some: Partial<Handlers>): Handlers {
  const notCalled = async () => {
    throw new Error('not expected');
  };
  return {
    open: async () => opened,
    measureUnits: notCalled,
    refineUnits: notCalled,
    lookUp: notCalled,
    findInRows: notCalled,
    roundToInt8: notCalled,
    compare: notCalled,
    survey: notCalled,
    openReference: notCalled,
    openOther: notCalled,
    compareWithOther: notCalled,
    closeOther: notCalled,
    measurePair: notCalled,
    pairPicture: notCalled,
    setInputNorms: notCalled,
    setInputMoments: notCalled,
    keepRepair: notCalled,
    keepPermuted: notCalled,
    repairFile: notCalled,
    openRepair: notCalled,
    preview: notCalled,
    export: notCalled,
    weights: notCalled,
    connect: notCalled,
    exportAs: notCalled,
    exportSlim: notCalled,
    exportLean: notCalled,
    estimateSize: notCalled,
    fetchRest: notCalled,
    ...some,
  };
}

/** @param some handlers of every engine, unless it makes them for each */
function clientOf(some: Partial<Handlers> | (() => Partial<Handlers>)) {
  const makeEngine = () => handlersWith(typeof some === 'function' ? some() : some);
  const workers: FakeWorker[] = [];
  const client = new EngineClient(() => {
    const worker = new FakeWorker(makeEngine);
    workers.push(worker);
    return worker;
  });
  return { client, workers };
}

describe('EngineClient', () => {
  it('gives the result of a call', async () => {
    const { client } = clientOf({});
    await expect(client.call('open', { files: [] })).resolves.toEqual(opened);
  });

  it('starts its worker ahead when it is told to, and only one', async () => {
    const { client, workers } = clientOf({});
    client.warmUp();
    client.warmUp();
    expect(workers).toHaveLength(1);
    await client.call('open', { files: [] });
    expect(workers).toHaveLength(1);
  });

  it('rejects with the error the engine threw, code and place intact', async () => {
    const { client } = clientOf({
      open: async () => {
        throw malformed('The header is cut off.', { offset: 8, record: 'header' });
      },
    });
    const error = await client.call('open', { files: [] }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({
      code: 'malformed-file',
      message: 'The header is cut off.',
      context: { offset: 8, record: 'header' },
    });
  });

  it('starts a worker ahead of the first call, once, and passes on what computes', async () => {
    const said: string[] = [];
    const workers: FakeWorker[] = [];
    const client = new EngineClient(
      () => {
        workers.push(new FakeWorker(() => handlersWith({})));
        return workers.at(-1)!;
      },
      { computing: (name) => said.push(name) },
    );
    client.warmUp();
    client.warmUp();
    workers[0]!.onmessage!({ data: { type: 'computing', name: 'WASM SIMD' } } as MessageEvent<FromWorker>);
    await client.call('open', { files: [] });
    expect(workers).toHaveLength(1);
    expect(said).toEqual(['WASM SIMD']);
  });

  it('settles as cancelled at once, and tells the worker', async () => {
    let signalOfWorker: AbortSignal | undefined;
    const { client } = clientOf({
      open: (_, { signal }) => {
        signalOfWorker = signal;
        return new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const call = client.call('open', { files: [] }, { signal: controller.signal });
    await vi.waitFor(() => expect(signalOfWorker).toBeDefined());
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(signalOfWorker?.aborted).toBe(true));
  });

  it('rejects all that waits when the worker dies, and opens the last files again in the next one', async () => {
    const file = new File(['x'], 'a.pth');
    const { client, workers } = clientOf({
      lookUp: () => new Promise(() => {}),
      export: async () => ({
        files: [{ name: 'a-pruned.pth', size: 1 }],
        weights: 0,
        zeros: 0,
        changed: 0,
        changedWithOthers: 0,
      }),
    });
    await client.call('open', { files: [file] });
    const waiting = [client.call('lookUp', { requests: [] }), client.call('lookUp', { requests: [] })];
    const settled = Promise.allSettled(waiting);
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    for (const result of await settled)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'worker-crashed' } });
    expect(workers[0]!.terminated).toBe(true);

    await expect(client.call('export', { outcomes: new Map() })).resolves.toMatchObject({
      files: [{ name: 'a-pruned.pth' }],
    });
    const methods = workers[1]!.received.map((message) => (message.type === 'call' ? message.method : message.type));
    expect(methods).toEqual(['open', 'export']);
  });

  it('says that a worker did not arrive, where it fails before its first word and without a reason', async () => {
    const { client, workers } = clientOf({ open: () => new Promise(() => {}) });
    const opening = client.call('open', { files: [new File(['x'], 'a.pth')] });
    workers[0]!.onerror?.({ message: undefined } as unknown as ErrorEvent);
    await expect(opening).rejects.toMatchObject({
      code: 'not-fetched',
      message: 'The part of Secateur that reads files could not be fetched.',
    });
    expect(workers[0]!.terminated).toBe(true);
  });

  it('tells all who asked that the worker died, until they no longer want to know', async () => {
    const { client, workers } = clientOf({});
    const told: string[] = [];
    client.onCrash(() => told.push('one'));
    const leave = client.onCrash(() => told.push('other'));
    await client.call('open', { files: [] });
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    expect(told).toEqual(['one', 'other']);
    leave();
    await client.call('lookUp', { requests: [] }).catch(() => {});
    workers[1]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    expect(told).toEqual(['one', 'other', 'one']);
  });

  it('settles as cancelled while a new worker still opens the last files', async () => {
    let opens = 0;
    const { client, workers } = clientOf({
      open: () => (opens++ === 0 ? Promise.resolve(opened) : new Promise(() => {})),
    });
    await client.call('open', { files: [] });
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    const controller = new AbortController();
    const call = client.call('lookUp', { requests: [] }, { signal: controller.signal });
    await vi.waitFor(() => expect(opens).toBe(2));
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('rejects with why when the files can no longer be opened, and tries again with the next call', async () => {
    let opens = 0;
    const { client, workers } = clientOf({
      open: async () => {
        if (opens++ === 1) throw new CheckpointError('file-unreadable', 'The file can no longer be read.');
        return opened;
      },
      lookUp: async () => [],
    });
    await client.call('open', { files: [] });
    workers[0]!.onerror?.({ message: '' } as ErrorEvent);
    const calls = [client.call('lookUp', { requests: [] }), client.call('lookUp', { requests: [] })];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'file-unreadable' } });
    }
    await expect(client.call('lookUp', { requests: [] })).resolves.toEqual([]);
    expect(opens).toBe(3);
  });

  it('is cancelled before it begins when its signal has fired', async () => {
    const { client, workers } = clientOf({});
    const call = client.call('open', { files: [] }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(workers[0]!.received.map(({ type }) => type)).not.toContain('call');
  });

  it('rejects a request that cannot be sent', async () => {
    const worker = {
      postMessage: () => {
        throw new DOMException('a function could not be cloned', 'DataCloneError');
      },
    } as unknown as WorkerLike;
    const client = new EngineClient(() => worker);
    await expect(client.call('open', { files: [] })).rejects.toMatchObject({ code: 'internal' });
  });

  it('rejects when the answer cannot be sent', async () => {
    const { client } = clientOf({ open: async () => ({ ...opened, notes: [() => {}] as never }) });
    await expect(client.call('open', { files: [] })).rejects.toMatchObject({ code: 'internal' });
  });

  it('rejects every call while the engine cannot be made, and progress of nobody is dropped', async () => {
    const posted: FromWorker[] = [];
    const receive = dispatcher(Promise.reject(new Error('no WebAssembly')), (message) => posted.push(message));
    receive({ type: 'call', id: 1, method: 'lookUp', params: { requests: [] } });
    receive({ type: 'cancel', id: 7 });
    await vi.waitFor(() => expect(posted).toMatchObject([{ type: 'error', id: 1, error: { code: 'internal' } }]));
  });

  it('passes on progress, the first and the last of a stage always', async () => {
    const { client } = clientOf({
      open: async (_, { progress }) => {
        for (let done = 0; done <= 1000; done++) progress({ stage: 'measuring', done, total: 1000 });
        return opened;
      },
    });
    const seen: number[] = [];
    await client.call('open', { files: [] }, { progress: ({ done }) => seen.push(done) });
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(1000);
    expect(seen.length).toBeLessThan(100);
  });
});

describe('what was given beside a checkpoint', () => {
  const file = (name: string) => new File(['x'], name);
  const report = (fileName: string): ReferenceReport => ({ fileName, matched: [0], missing: [] });
  const norms = (...values: number[]) => ({ norms: new Map([[0, Float32Array.from(values)]]) });
  /** Engines that take whatever they are given. @param readable whether a reference can be read */
  const taking = (readable: (name: string) => boolean = () => true): Partial<Handlers> => ({
    openReference: async ({ files }) => {
      const { name } = files[0]!;
      if (!readable(name)) throw new CheckpointError('file-unreadable', `${name} can no longer be read.`);
      return report(name);
    },
    setInputNorms: async () => {},
    lookUp: async () => [],
  });
  const crash = (worker: FakeWorker) => worker.onerror?.({ message: 'out of memory' } as ErrorEvent);
  /** Methods a worker was asked for, files by their names. */
  const asked = ({ received }: FakeWorker) =>
    received.map((message) => {
      if (message.type !== 'call') return message.type;
      const { method, params } = message;
      return 'files' in params ? `${method} ${(params.files as readonly File[])[0]!.name}` : method;
    });

  it('is given to the next worker, the last of each, before anything else is asked of it', async () => {
    const { client, workers } = clientOf(taking());
    await client.call('open', { files: [file('a')] });
    await client.call('openReference', { files: [file('epoch1')] });
    await client.call('openReference', { files: [file('epoch2')] });
    await client.call('setInputNorms', norms(1));
    await client.call('setInputNorms', norms(2, 3));
    crash(workers[0]!);
    await Promise.all([client.call('lookUp', { requests: [] }), client.call('lookUp', { requests: [] })]);
    expect(asked(workers[1]!)).toEqual(['open a', 'openReference epoch2', 'setInputNorms', 'lookUp', 'lookUp']);
    expect(workers[1]!.received[2]).toMatchObject({ params: norms(2, 3) });

    crash(workers[1]!);
    await client.call('lookUp', { requests: [] });
    expect(asked(workers[2]!)).toEqual(['open a', 'openReference epoch2', 'setInputNorms', 'lookUp']);
  });

  it('is forgotten when another checkpoint is opened', async () => {
    const { client, workers } = clientOf(taking());
    await client.call('open', { files: [file('a')] });
    await client.call('openReference', { files: [file('epoch1')] });
    await client.call('setInputNorms', norms(1));
    await client.call('open', { files: [file('b')] });
    crash(workers[0]!);
    await client.call('lookUp', { requests: [] });
    expect(asked(workers[1]!)).toEqual(['open b', 'lookUp']);
  });

  it('is not what was refused', async () => {
    const { client, workers } = clientOf(taking((name) => name === 'sound'));
    await client.call('open', { files: [file('a')] });
    await client.call('openReference', { files: [file('sound')] });
    await expect(client.call('openReference', { files: [file('cut')] })).rejects.toMatchObject({
      code: 'file-unreadable',
    });
    crash(workers[0]!);
    await client.call('lookUp', { requests: [] });
    expect(asked(workers[1]!)).toEqual(['open a', 'openReference sound', 'lookUp']);
  });

  it('is left out when it can no longer be read, and everything else goes on', async () => {
    let isThere = true;
    const { client, workers } = clientOf(taking(() => isThere));
    await client.call('open', { files: [file('a')] });
    await client.call('openReference', { files: [file('deleted')] });
    await client.call('setInputNorms', norms(1));
    isThere = false;
    crash(workers[0]!);
    await expect(client.call('lookUp', { requests: [] })).resolves.toEqual([]);
    crash(workers[1]!);
    await client.call('lookUp', { requests: [] });
    expect(asked(workers[2]!)).toEqual(['open a', 'setInputNorms', 'lookUp']);
  });

  it('waits for the next call when the worker dies while it is given again', async () => {
    let dies = false;
    const { client, workers } = clientOf(() => ({
      ...taking(),
      setInputNorms: async () => {
        if (!dies) return;
        dies = false;
        crash(workers.at(-1)!);
      },
    }));
    await client.call('open', { files: [file('a')] });
    await client.call('setInputNorms', norms(1));
    crash(workers[0]!);
    dies = true;
    await expect(client.call('lookUp', { requests: [] })).rejects.toMatchObject({ code: 'worker-crashed' });
    await expect(client.call('lookUp', { requests: [] })).resolves.toEqual([]);
    expect(asked(workers[2]!)).toEqual(['open a', 'setInputNorms', 'lookUp']);
  });

  it('is not given to a checkpoint that was opened meanwhile', async () => {
    let finish: (() => void) | undefined;
    let opens = 0;
    const { client, workers } = clientOf({
      ...taking(),
      open: async () => {
        if (++opens === 2) {
          await new Promise<void>((done) => {
            finish = done;
          });
        }
        return opened;
      },
    });
    await client.call('open', { files: [file('a')] });
    await client.call('setInputNorms', norms(1));
    crash(workers[0]!);
    const waiting = client.call('lookUp', { requests: [] });
    await vi.waitFor(() => expect(finish).toBeDefined());
    await client.call('open', { files: [file('b')] });
    finish!();
    await waiting;
    await client.call('lookUp', { requests: [] });
    expect(asked(workers[1]!)).toEqual(['open a', 'open b', 'lookUp', 'lookUp']);
  });
});

describe('which checkpoint a call is about', () => {
  /** Engines that know which file they opened, and say it. */
  const named = (opening: (name: string) => Promise<void> = async () => {}) => {
    let name = 'nothing';
    return {
      open: async ({ files }: Params<'open'>) => {
        await opening(files[0]!.name);
        name = files[0]!.name;
        return opened;
      },
      lookUp: async () => [name] as never,
    };
  };
  const file = (name: string) => new File(['x'], name);
  const refined = (client: EngineClient) => client.call('lookUp', { requests: [] });

  it('is the one opened last', async () => {
    const { client } = clientOf(() => named());
    await client.call('open', { files: [file('a')] });
    await client.call('open', { files: [file('b')] });
    expect(await refined(client)).toEqual(['b']);
    expect(await refined(client)).toEqual(['b']);
  });

  it('is the one before while the next is opening', async () => {
    let finish: (() => void) | undefined;
    const { client } = clientOf(() =>
      named(async (name) => {
        if (name === 'a') return;
        await new Promise<void>((done) => {
          finish = done;
        });
      }),
    );
    await client.call('open', { files: [file('a')] });
    const opening = client.call('open', { files: [file('b')] });
    await vi.waitFor(() => expect(finish).toBeDefined());
    expect(await refined(client)).toEqual(['a']);
    finish!();
    await opening;
    expect(await refined(client)).toEqual(['b']);
  });

  it('is the one before when the next was cancelled just as it had opened', async () => {
    const posted: FromWorker[] = [];
    const receive = dispatcher(
      Promise.resolve(() => handlersWith(named())),
      (message) => posted.push(message),
    );
    const answered = (id: number) =>
      vi.waitFor(() => expect(posted.map((message) => message.type !== 'computing' && message.id)).toContain(id));
    receive({ type: 'call', id: 1, method: 'open', params: { files: [file('a')] } });
    await answered(1);
    receive({ type: 'call', id: 2, method: 'open', params: { files: [file('b')] } });
    await answered(2);
    receive({ type: 'cancel', id: 2 });
    receive({ type: 'call', id: 3, method: 'lookUp', params: { requests: [] }, about: 1 });
    await answered(3);
    expect(posted.at(-1)).toEqual({ type: 'result', id: 3, result: ['a'] });
  });

  it('is the one opened while a new worker still opened the last one', async () => {
    let finish: (() => void) | undefined;
    let opens = 0;
    const { client, workers } = clientOf(() =>
      named(async () => {
        if (++opens !== 2) return;
        await new Promise<void>((done) => {
          finish = done;
        });
      }),
    );
    await client.call('open', { files: [file('a')] });
    workers[0]!.onerror?.({ message: 'out of memory' } as ErrorEvent);
    const waiting = refined(client);
    await vi.waitFor(() => expect(finish).toBeDefined());
    await client.call('open', { files: [file('b')] });
    finish!();
    await waiting.catch(() => {});
    expect(await refined(client)).toEqual(['b']);
  });

  it('is the one before when the next cannot be opened', async () => {
    const { client } = clientOf(() =>
      named(async (name) => {
        if (name === 'b') throw malformed('Damaged.');
      }),
    );
    await client.call('open', { files: [file('a')] });
    await expect(client.call('open', { files: [file('b')] })).rejects.toMatchObject({ code: 'malformed-file' });
    expect(await refined(client)).toEqual(['a']);
  });
});
