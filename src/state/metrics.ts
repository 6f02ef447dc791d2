/** What views need to know of metrics: they see nothing of evaluation. */
export { isBetter, metrics, metricValue, referenceValue } from '../evaluation/quality';
