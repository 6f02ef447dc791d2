/** What views need to know of exports: they see nothing of the engine. */
export { availableExports } from '../engine/exports/available';
export type { ExportKind } from '../engine/exports/exportKind';
export { prunedName, suffixed } from '../engine/writing/fileName';
