/** What views need to know of metrics: they see nothing of evaluation. */
export { allMetrics, metrics } from '../evaluation/metrics/metrics';
export { firstMetric, isBetter, metricValue, referenceValue } from '../evaluation/quality';
