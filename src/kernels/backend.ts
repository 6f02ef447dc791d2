/** What computes. */
export type Backend = 'wasm' | 'webgpu';
