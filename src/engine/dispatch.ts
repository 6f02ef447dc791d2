/** The worker's side of the engine's protocol: an engine for each checkpoint opened, until a newer one is in use. */
import { answerCalls } from '../lib/calls/dispatch';
import { CheckpointError } from '../lib/errors';
import type { Progress } from './callContext';
import type { EngineApi, EngineMethod, FromWorker, Handlers, ToWorker } from './protocol';

/** Methods that no checkpoint has to be open for. */
const needNone: ReadonlySet<EngineMethod> = new Set(['measureUnits', 'refineUnits', 'fetchRest', 'survey']);

/**
 * The page may cancel an opening just as it ends: only the page knows which checkpoint it took, and every call says so.
 * @param makeEngine a promise: calls wait until engines can be made (or are answered with why they cannot)
 * @returns what to do with each message from the page
 */
export function dispatcher(
  makeEngine: Promise<() => Handlers>,
  post: (message: FromWorker, transfer: Transferable[]) => void,
): (message: ToWorker) => void {
  /** By the id of the call that opened the checkpoint. */
  const engines = new Map<number, Handlers>();
  const receive = answerCalls<EngineApi, Progress>(async ({ id, method, about: checkpoint }) => {
    const make = await makeEngine;
    if (checkpoint !== undefined) {
      for (const other of engines.keys()) if (other < checkpoint) engines.delete(other);
    }
    if (method === 'open') {
      const engine = make();
      engines.set(id, engine);
      return engine;
    }
    if (needNone.has(method)) return make();
    const engine = checkpoint === undefined ? undefined : engines.get(checkpoint);
    if (!engine) throw new CheckpointError('internal', 'No checkpoint is open.');
    return engine;
  }, post);
  return (message) => {
    if (message.type === 'cancel') engines.delete(message.id);
    receive(message);
  };
}
