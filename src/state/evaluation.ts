/** What views need to know of evaluation: they see nothing below the state. */
export type * from '../evaluation/protocol';
export type { Metric, MetricId } from '../evaluation/quality';
export type { TuneGoal } from '../evaluation/search/autoTune';
export type { Sensitivity, SensitivityCell, SensitivityCurve } from '../evaluation/search/sensitivity';
export type { TrailPoint } from '../evaluation/search/trail';
