/** What this browser and its machine have for running models. */

/** Threads need SharedArrayBuffer, which browsers give isolated pages only. */
export function coresForThreads(): number {
  return globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
}

/**
 * A fallback adapter is software: the WASM backend is faster. The build with WebGPU waits for the GPU by WebAssembly's
 * promise integration; the one for browsers without it is larger than some static hosts take.
 */
export async function hasGpu(maybeSoftware: boolean): Promise<boolean> {
  if (!('Suspending' in WebAssembly)) return false;
  type Gpu = { requestAdapter(): Promise<{ info?: { isFallbackAdapter?: boolean; architecture?: string } } | null> };
  const { gpu } = navigator as { gpu?: Gpu };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return false;
  return maybeSoftware || !(adapter.info?.isFallbackAdapter || adapter.info?.architecture === 'swiftshader');
}

export function isOnline(): boolean {
  return navigator.onLine;
}
