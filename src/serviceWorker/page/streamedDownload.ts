/** A download that begins while its file is still being written. */
import { downloads, type ToServiceWorker } from '../protocol';

/** Browsers end a worker that nobody has spoken to for half a minute. */
const pause = 10_000;

export interface StreamedDownload {
  /** For a `StreamSink`, or `noStream`: in another thread. */
  readonly port: MessagePort;
  /** When all is written, or nothing more will be. */
  end(): void;
}

/**
 * @param name of the file
 * @returns undefined where no service worker is in control, or the browser is one of those whose downloads do not go through theirs
 */
export function streamedDownload(name: string): StreamedDownload | undefined {
  const worker = navigator.serviceWorker?.controller;
  // Chromium's name for itself: other engines are not known to do it.
  if (!worker || !('userAgentData' in navigator)) return undefined;
  const say = (message: ToServiceWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const { port1, port2 } = new MessageChannel();
  const id = crypto.randomUUID();
  say({ type: 'download', id, name, port: port1 }, [port1]);
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = new URL(downloads + id, document.baseURI).href;
  document.body.append(frame);
  const staying = setInterval(() => say({ type: 'stay' }), pause);
  return {
    port: port2,
    end() {
      clearInterval(staying);
      frame.remove();
    },
  };
}
