/** The page's service worker, as the page has it: registered, and another version of it offered. */
import type { RuntimeBackend, ToServiceWorker } from '../protocol';

/** Between looks for another version, in a tab that stays open. */
const hour = 3_600_000;

export interface PageOfServiceWorker {
  /** Of the page, which its version is told by. */
  readonly firstScript: string;
  /** Another version is here. @param take ends with the page loaded anew */
  offer(take: () => void): void;
}

/** @returns undefined where the browser has none, or this address cannot have one: everything goes on without */
export async function registerServiceWorker(page: PageOfServiceWorker): Promise<ServiceWorkerRegistration | undefined> {
  const address = new URL('serviceWorker.js', document.baseURI);
  const registration = await navigator.serviceWorker
    ?.register(address, { updateViaCache: 'none' })
    .catch(() => undefined);
  if (!registration) return undefined;
  const offerWaiting = () => {
    if (registration.waiting && registration.active) void offerOther(registration.waiting, page);
  };
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offerWaiting);
  });
  offerWaiting();
  lookAgain(registration);
  return registration;
}

async function offerOther(waiting: ServiceWorker, { firstScript, offer }: PageOfServiceWorker): Promise<void> {
  // Its network answers first where the page is served by the machine itself: the page may be the new one already.
  if (await comesWith(waiting, firstScript)) return;
  offer(() => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
    say(waiting, { type: 'take-over' });
  });
}

function comesWith(worker: ServiceWorker, script: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === true);
    say(worker, { type: 'is-of', script, port: port2 }, [port2]);
  });
}

function lookAgain(registration: ServiceWorkerRegistration): void {
  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - looked < hour) return;
    looked = Date.now();
    // Without a network there is none.
    registration.update().catch(() => {});
  });
}

function say(worker: ServiceWorker, message: ToServiceWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

/** For the next visit without a network. */
export async function keepRuntime(backend: RuntimeBackend): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  if (active) say(active, { type: 'keep-runtime', backend });
}

/** Once requests of this page go through the worker. */
export function inControl(): Promise<void> {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) return Promise.resolve();
  return new Promise((resolve) => {
    serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
}
