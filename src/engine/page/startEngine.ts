/** Starts the engine's worker. */
import type { Backend } from '../../kernels/backend';
import { EngineClient, type EngineEvents } from '../client';
import type { StartWorker } from '../protocol';

/** The client of a real worker. @param backend which is forced; undefined: the faster one */
export function createEngineClient(backend: Backend | undefined, events: EngineEvents): EngineClient {
  return new EngineClient(() => {
    const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {
      type: 'module',
      name: 'secateur-engine',
    });
    worker.postMessage({ type: 'start', backend } satisfies StartWorker);
    return worker;
  }, events);
}
