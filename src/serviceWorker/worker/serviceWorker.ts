/** The service worker: Secateur without a network, and the headers that a static host does not send. */
import type { ToServiceWorker } from '../protocol';
import { answerTo, type Place } from './answers';
import { build } from './build';
import { downloadAt, expectDownload } from './downloads';
import { Kept } from './kept';

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const kept = new Kept(scope);
const place: Place = {
  scope,
  isOwnMachine: /^(localhost|.*\.localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(scope).hostname),
  async stepAside() {
    await self.registration.unregister();
    await kept.letGoOfAll();
  },
};

self.addEventListener('install', (event) => event.waitUntil(kept.fetchAll()));

self.addEventListener('activate', (event) => event.waitUntil(kept.tidy().then(() => self.clients.claim())));

self.addEventListener('fetch', (event) => {
  const answer = downloadAt(event.request.url, scope) ?? answerTo(event.request, kept, place);
  if (answer) event.respondWith(answer);
});

self.addEventListener('message', (event) => {
  const said = event.data as ToServiceWorker;
  if (said.type === 'take-over') event.waitUntil(self.skipWaiting());
  else if (said.type === 'keep-runtime') event.waitUntil(kept.fetchRuntime(said.backend));
  else if (said.type === 'is-of') event.waitUntil(sayWhetherOf(said));
  else if (said.type === 'download') expectDownload(said);
});

async function sayWhetherOf({ script, port }: Extract<ToServiceWorker, { type: 'is-of' }>): Promise<void> {
  const isOf = build.files.some((path) => scope + path === script);
  port.postMessage(isOf);
  // Nobody has a page of the version before.
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (isOf && pages.length === 1) await self.skipWaiting();
}
