/** Waiting for work that others wait for, too: it goes on when one of them no longer does. */
import { CheckpointError } from './errors';

/** @throws CheckpointError `cancelled` as soon as the signal fires; whatever the work throws */
export async function unlessCancelled<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  let stop = () => {};
  const cancelled = new Promise<never>((_, reject) => {
    stop = () => reject(new CheckpointError('cancelled', 'Cancelled.'));
  });
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return await Promise.race([work, cancelled]).finally(() => signal?.removeEventListener('abort', stop));
}
