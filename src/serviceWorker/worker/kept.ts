/** What is kept of Secateur on this machine: one cache for each version, and one for parts of ONNX Runtime. */
import type { RuntimeBackend } from '../protocol';
import { build, hashed } from './build';

/** An origin may hold several programs, and Secateur several times: caches are called by the folder. */
function prefix(scope: string): string {
  return `secateur ${scope} `;
}

/** Pages of the version before may still be open, and fetch a part of theirs. */
const versionsKept = 2;

export class Kept {
  private readonly scope: string;
  private readonly versions: string;
  private readonly own: string;
  private readonly runtime: string;

  /** @param scope the address that the page is served at, with a slash at its end */
  constructor(scope: string) {
    this.scope = scope;
    this.versions = `${prefix(scope)}version `;
    this.own = this.versions + build.version;
    this.runtime = `${prefix(scope)}runtime`;
  }

  /** Everything of this version. @throws TypeError, Error where a file does not arrive: another visit tries again */
  async fetchAll(): Promise<void> {
    const cache = await caches.open(this.own);
    await Promise.all(build.files.map((path) => this.fetchInto(cache, path)));
  }

  /** What running models by this backend needs. The page has fetched it: the browser mostly knows it still. */
  async fetchRuntime(backend: RuntimeBackend): Promise<void> {
    const cache = await caches.open(this.runtime);
    await Promise.all(build.runtime[backend].map((path) => this.fetchInto(cache, path)));
  }

  private async fetchInto(cache: Cache, path: string): Promise<void> {
    const address = this.scope + path;
    if (await cache.match(address, anyVary)) return;
    const isHashed = path.startsWith(hashed);
    // Of an earlier version, where the content is the same.
    const known = isHashed ? await caches.match(address, anyVary) : undefined;
    const response = known ?? (await fetch(address, { cache: isHashed ? 'force-cache' : 'no-cache' }));
    if (response.ok) await cache.put(address, response);
    // Hosts differ in what they serve beside the page: samples, icons.
    else if (isHashed || path === '') throw new Error(`${address}: ${response.status}`);
  }

  /** Lets go of versions that no open page can be of, and of parts of ONNX Runtime that this one does not use. */
  async tidy(): Promise<void> {
    const versions = (await caches.keys()).filter((name) => name.startsWith(this.versions) && name !== this.own);
    await Promise.all(versions.slice(0, 1 - versionsKept || undefined).map((name) => caches.delete(name)));
    const used = new Set(Object.values(build.runtime).flatMap((paths) => paths.map((path) => this.scope + path)));
    const cache = await caches.open(this.runtime);
    const old = (await cache.keys()).filter(({ url }) => !used.has(url));
    await Promise.all(old.map((request) => cache.delete(request)));
  }

  /** The page of this version. */
  async page(): Promise<Response | undefined> {
    return (await caches.open(this.own)).match(this.scope, anyVary);
  }

  /** A part of any version that is kept, where its content is in its name; else of this one. */
  async part(path: string): Promise<Response | undefined> {
    const address = this.scope + path;
    if (path.startsWith(hashed)) return caches.match(address, anyVary);
    return (await caches.open(this.own)).match(address, anyVary);
  }

  async letGoOfAll(): Promise<void> {
    const own = (await caches.keys()).filter((name) => name.startsWith(prefix(this.scope)));
    await Promise.all(own.map((name) => caches.delete(name)));
  }
}

/** Servers say that an answer varies with headers that change nothing of a file. */
const anyVary = { ignoreVary: true };
