/** The module's exports; wasm/instance.ts is their one caller and types them. */
export { applyF32, applyF64, applyHalf } from './apply';
export { findBins } from './bins';
export {
  BLOCK,
  BLOCK_BYTES,
  GONE,
  MATCHES,
  NORM_COUNT,
  NORMS,
  RESULTS,
  SCORES,
  STATES,
  SUM_COUNT,
  SUMS,
  TABLE,
} from './layout';
export { eraseF32, eraseF64, eraseHalf, leave, stateF32, stateF64, stateHalf } from './masks';
export { measureF32, measureF64 } from './measure';
export { measureHalf } from './measureHalf';
export { joinBF16, joinF16, joinF32, joinF64, normsBF16, normsF16, normsF32, normsF64 } from './norms';
export { patternF32, patternF64, patternHalf } from './pattern';
export {
  beginPicture,
  drawRunF32,
  drawRunF64,
  drawRunHalf,
  drawTableF32,
  drawTableF64,
  drawTableHalf,
  drawWholeF32,
  drawWholeF64,
  drawWholeHalf,
  TABLE_LENGTH,
  TABLE_SPAN,
  tiesLeft,
} from './picture';
export { collectF32, collectF64, countHalf } from './refine';
export {
  increaseBF16,
  increaseF16,
  increaseF32,
  increaseF64,
  productBF16,
  productF16,
  productF32,
  productF64,
  randomBF16,
  randomF16,
  randomF32,
  randomF64,
} from './scorers';
export { chooseF32, chooseF64, chooseHalf } from './scores';
export { selectF32, selectF64, selectHalf } from './select';
