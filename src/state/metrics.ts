/** What views need to know of metrics: they see nothing of evaluation. */

export { type ClassFigure, classFigures, isLost } from '../evaluation/classFigures';
export { allMetrics, metrics } from '../evaluation/metrics/metrics';
export { firstMetric, isBetter, metricValue, referenceValue } from '../evaluation/quality';
export { leastToSplit } from '../evaluation/search/leastToSplit';
export { type Change, isSignificant } from '../evaluation/significance';
export { changeOf, plusMinusFor } from '../evaluation/sureness';
