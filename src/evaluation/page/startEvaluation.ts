/** Starts the evaluation's worker. */
import type { EngineClient } from '../../engine/client';
import { EvaluationClient } from '../client';
import type { Runtime } from '../protocol';

/** The client of a real worker, which starts with the first call. @param backend see EvaluationClient */
export function createEvaluationClient(engine: EngineClient, backend?: Runtime['backend']): EvaluationClient {
  return new EvaluationClient(
    () => new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'secateur-evaluation' }),
    engine,
    backend,
  );
}
