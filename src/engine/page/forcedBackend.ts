/** What a page's address asks for. */
import type { Backend } from '../../kernels/backend';

/** The backend named in a page's query, as `?backend=wasm`. */
export function forcedBackend(query: string): Backend | undefined {
  const named = new URLSearchParams(query).get('backend');
  return named === 'wasm' || named === 'webgpu' ? named : undefined;
}
