/** Secateur as a program of this machine: there without a network, in its newest version, and opened with a file. */
import { createStore } from 'zustand/vanilla';
import { inControl, keepRuntime, registerServiceWorker } from '../serviceWorker/page/serviceWorker';
import { studio } from './store';
import { rememberHandle } from './work/handles';

interface Installed {
  /** Asks a person whether to install it; null where the browser does not offer that, or it is installed. */
  readonly install: (() => void) | null;
  /** Loads the page in the newer version that has arrived; null while there is none. */
  readonly update: (() => void) | null;
}

export const installed = createStore<Installed>(() => ({ install: null, update: null }));

/** Chromium's. */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}
interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files?: readonly FileSystemFileHandle[] }) => void): void;
}

/** @param firstScript of the page, by its address */
export async function beInstalled(firstScript: string): Promise<void> {
  takeLaunched();
  offerInstalling();
  const registration = await registerServiceWorker({ firstScript, offer: offerUpdate });
  if (!registration) return;
  keepRuntimeOnceUsed();
  await inControl();
  isolate();
}

/** Files that the system opens with Secateur. */
function takeLaunched(): void {
  const { launchQueue } = window as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(async ({ files = [] }) => {
    const opened = await Promise.all(files.map((handle) => handle.getFile()));
    opened.forEach((file, i) => {
      const handle = files[i];
      if (handle) rememberHandle(file, handle);
    });
    if (opened.length > 0) await studio.getState().takeDropped(opened);
  });
}

function offerInstalling(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // Held until somebody asks for it; the browser's own way in stays.
    event.preventDefault();
    const install = () => {
      installed.setState({ install: null });
      void (event as InstallPrompt).prompt();
    };
    installed.setState({ install });
  });
  window.addEventListener('appinstalled', () => installed.setState({ install: null }));
}

function offerUpdate(take: () => void): void {
  installed.setState({ update: take });
  studio.getState().say('A newer version of Secateur has arrived.', { label: 'Reload', run: take });
}

/** ONNX Runtime is fetched when a model is first run; from then on it is there without a network, too. */
function keepRuntimeOnceUsed(): void {
  const backendNow = () => studio.getState().evaluation.graph?.runtime.backend;
  let kept: ReturnType<typeof backendNow>;
  const keep = () => {
    const backend = backendNow();
    if (!backend || backend === kept) return;
    kept = backend;
    void keepRuntime(backend);
  };
  studio.subscribe(keep);
  keep();
}

const tried = 'secateur-isolated';

/**
 * A page whose host sends no headers gets them from its service worker, from the second time on that it is loaded: at once
 * where nobody has touched it yet, else whenever it is loaded next.
 */
function isolate(): void {
  if (crossOriginIsolated || navigator.userActivation?.hasBeenActive !== false) return;
  if (studio.getState().status.kind !== 'empty') return;
  try {
    if (sessionStorage.getItem(tried)) return;
    sessionStorage.setItem(tried, 'tried');
  } catch {
    return;
  }
  location.reload();
}
