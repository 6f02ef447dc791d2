/** A MessagePort as the worker of a client: calls to another worker that do not pass through the page. */
import type { WorkerLikeOf } from './client';
import type { Api } from './protocol';

export function overPort<Methods extends Api<Methods>, Progress>(port: MessagePort): WorkerLikeOf<Methods, Progress> {
  const worker: WorkerLikeOf<Methods, Progress> = {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    terminate: () => port.close(),
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  port.onmessage = (event) => worker.onmessage?.(event);
  port.onmessageerror = (event) => worker.onmessageerror?.(event);
  return worker;
}
