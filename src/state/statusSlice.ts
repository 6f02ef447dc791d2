/** The operations that take time, can be cancelled and can fail: opening and exporting. One at a time. */
import type { Progress } from '../engine/callContext';
import type { OpenedCheckpoint } from '../engine/opened';
import { asCheckpointError, type CheckpointError } from '../lib/errors';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';

// Named here for the views, which see nothing of the engine.
export type { Progress } from '../engine/callContext';

/** Never a pair of booleans. `error` lasts from a failed operation until the next one starts. */
export type Status =
  | { kind: 'empty' }
  | {
      kind: 'opening';
      fileName: string;
      progress: Progress | null;
      /** The checkpoint without its statistics, once it is known. */
      structure?: OpenedCheckpoint;
    }
  | { kind: 'ready' }
  | { kind: 'exporting'; progress: Progress | null }
  | { kind: 'error'; error: CheckpointError };

export interface StatusSlice {
  status: Status;
  /** Cancels opening or exporting, at once. */
  cancel(): void;
  dismissError(): void;
  /** As the error of a failed operation. */
  showError(error: CheckpointError): void;
}

/** Runs one operation under a status; a newer one takes its place. Never rejects: the status says what went wrong. */
export type RunOperation = (status: Status, operation: (signal: AbortSignal) => Promise<void>) => Promise<void>;

export function createStatusSlice({ get, set }: StudioContext<StatusSlice & CheckpointSlice>): {
  slice: StatusSlice;
  run: RunOperation;
} {
  let running: AbortController | undefined;
  const atRest = (): Status => (get().checkpoint ? { kind: 'ready' } : { kind: 'empty' });
  return {
    slice: {
      status: { kind: 'empty' },
      cancel: () => running?.abort(),
      showError: (error) => set({ status: { kind: 'error', error } }),
      dismissError: () => {
        if (get().status.kind === 'error') set({ status: atRest() });
      },
    },
    run: async (status, operation) => {
      running?.abort();
      const controller = new AbortController();
      running = controller;
      set({ status });
      const superseded = () => running !== controller;
      try {
        await operation(controller.signal);
        if (!superseded()) set({ status: atRest() });
      } catch (thrown) {
        if (superseded()) return;
        const error = asCheckpointError(thrown);
        set({ status: error.code === 'cancelled' ? atRest() : { kind: 'error', error } });
      } finally {
        if (!superseded()) running = undefined;
      }
    },
  };
}
