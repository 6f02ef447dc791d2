/** The module's exports; wasm/instance.ts is their one caller and types them. */
export { applyF32, applyF64, applyHalf } from './apply';
export { BLOCK, BLOCK_BYTES, MATCHES, RESULTS, TABLE } from './layout';
export { measureF32, measureF64 } from './measure';
export { measureHalf } from './measureHalf';
export { collectF32, collectF64, countHalf } from './refine';
