/** The name an export gets, for views, which see nothing of the engine. */
export { prunedName } from '../engine/fileName';
