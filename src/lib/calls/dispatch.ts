/** The worker's side of the protocol: every call is answered with a result or an error, and may be cancelled. */
import { toWireError } from '../errors';
import {
  type AnswerMessage,
  type AnyProgress,
  type Api,
  type CallContextOf,
  type CallMessage,
  type HandlersOf,
  type ResultOf,
  transfersOf,
} from './protocol';

/** Ten progress messages a second are plenty for eyes, and cost nothing. */
const progressInterval = 100;

/**
 * @param handlersFor a call; it waits until the worker is ready (or is answered with why it is not)
 * @returns what to do with each message from the caller
 */
export function answerCalls<Methods extends Api<Methods>, Progress extends AnyProgress>(
  handlersFor: (call: Extract<CallMessage<Methods>, { type: 'call' }>) => Promise<HandlersOf<Methods, Progress>>,
  post: (message: AnswerMessage<Methods, Progress>, transfer: Transferable[]) => void,
): (message: CallMessage<Methods>) => void {
  const running = new Map<number, AbortController>();
  return (message) => {
    if (message.type === 'cancel') {
      running.get(message.id)?.abort();
      return;
    }
    const { id, method, params } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const context = {
      signal: controller.signal,
      progress: throttled<Progress>((progress) => post({ type: 'progress', id, progress }, [])),
    };
    type Handler = (params: unknown, context: CallContextOf<Progress>) => Promise<ResultOf<Methods, keyof Methods>>;
    handlersFor(message)
      .then((ready) => (ready[method] as Handler)(params, context))
      .then((result) => post({ type: 'result', id, result }, transfersOf(result)))
      // Also when the result itself cannot be sent.
      .catch((error: unknown) => post({ type: 'error', id, error: toWireError(error) }, []))
      .finally(() => running.delete(id));
  };
}

/** Lets through the first of each stage, then one per interval. */
function throttled<Progress extends AnyProgress>(post: (progress: Progress) => void): (progress: Progress) => void {
  let stage: string | undefined;
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - last < progressInterval && progress.done < progress.total) return;
    stage = progress.stage;
    last = now;
    post(progress);
  };
}
