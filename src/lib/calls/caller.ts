/** Whoever answers calls, in another thread or in this one: what only asks need not know which. */
import { asCheckpointError } from '../errors';
import { unlessCancelled } from '../unlessCancelled';
import type { Api, CallContextOf, HandlersOf, ParamsOf, ResultOf } from './protocol';

export interface CallOptionsOf<Progress> {
  signal?: AbortSignal;
  progress?: (progress: Progress) => void;
  /** What of the parameters moves to the other thread instead of being copied. */
  transfer?: Transferable[];
}

export interface Caller<Methods extends Api<Methods>, Progress> {
  /** @throws CheckpointError whatever the handler threw, `cancelled` as soon as the signal fires */
  call<M extends keyof Methods>(
    method: M,
    params: ParamsOf<Methods, M>,
    options?: CallOptionsOf<Progress>,
  ): Promise<ResultOf<Methods, M>>;
}

/** Handlers in this thread: nothing is copied, and nothing is transferred. */
export function callsHere<Methods extends Api<Methods>, Progress>(
  handlers: HandlersOf<Methods, Progress>,
): Caller<Methods, Progress> {
  return {
    async call(method, params, { signal, progress = () => {} } = {}) {
      const context: CallContextOf<Progress> = { signal: signal ?? new AbortController().signal, progress };
      try {
        return await unlessCancelled(handlers[method](params, context), signal);
      } catch (thrown) {
        throw asCheckpointError(thrown);
      }
    },
  };
}
