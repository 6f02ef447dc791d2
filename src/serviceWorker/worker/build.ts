/** What the build knows of itself, and writes into the service worker (`scripts/serviceWorker.mjs`). */
import type { RuntimeBackend } from '../protocol';

export interface Build {
  /** Another for other content of any file. */
  readonly version: string;
  /** All that the page needs to begin, prune and export: paths beside the service worker's own, `''` being the page. */
  readonly files: readonly string[];
  /** Parts of ONNX Runtime, which are large: only who runs models needs them. */
  readonly runtime: Readonly<Record<RuntimeBackend, readonly string[]>>;
  /** What the servers of Secateur send with every response. */
  readonly headers: Readonly<Record<string, string>>;
}

declare const secateurBuild: Build;

export const build: Build = secateurBuild;

/** Files in there have a hash of their content in their names. */
export const hashed = 'assets/';
