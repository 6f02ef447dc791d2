/** What a session does for a recipe, once its checkpoint is open: fetched as one. */
export { lookUp } from './passes/lookUp';
export { readWeights } from './passes/weights';
export { withDigests } from './writing/digests';
export { patchesFor } from './writing/patches';
export { patchesInFile } from './writing/varintPatches';
