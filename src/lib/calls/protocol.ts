/** Calls to a worker: one interface lists the methods, every call settles, progress and cancelling go by its number. */
import type { WireError } from '../errors';

/** An interface of methods, each of one parameter. */
export type Api<Methods> = { [M in keyof Methods]: (params: never) => unknown };

export type ParamsOf<Methods extends Api<Methods>, M extends keyof Methods> = Parameters<Methods[M]>[0];
export type ResultOf<Methods extends Api<Methods>, M extends keyof Methods> = ReturnType<Methods[M]>;

/** What progress has in common: how much of which stage is done. */
export interface AnyProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** What a call is given beside its parameters. */
export interface CallContextOf<Progress> {
  signal: AbortSignal;
  progress(progress: Progress): void;
}

export type HandlersOf<Methods extends Api<Methods>, Progress> = {
  [M in keyof Methods]: (
    params: ParamsOf<Methods, M>,
    context: CallContextOf<Progress>,
  ) => Promise<ResultOf<Methods, M>>;
};

export type CallMessage<Methods extends Api<Methods>> =
  | {
      [M in keyof Methods]: {
        type: 'call';
        id: number;
        method: M;
        params: ParamsOf<Methods, M>;
        /** Where a worker holds several things that calls made: the id of the call that made the one in use. */
        about?: number;
      };
    }[keyof Methods]
  | CancelMessage;

export type CancelMessage = { type: 'cancel'; id: number };

export type AnswerMessage<Methods extends Api<Methods>, Progress> =
  | { type: 'progress'; id: number; progress: Progress }
  | { type: 'result'; id: number; result: ResultOf<Methods, keyof Methods> }
  | { type: 'error'; id: number; error: WireError };

const transfers = new WeakMap<object, Transferable[]>();

/** Marks what of a result moves to the other side instead of being copied: the handler must not use it again. */
export function transferring<Result extends object>(result: Result, transfer: Transferable[]): Result {
  transfers.set(result, transfer);
  return result;
}

export function transfersOf(result: unknown): Transferable[] {
  return (typeof result === 'object' && result !== null && transfers.get(result)) || [];
}
