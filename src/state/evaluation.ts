/** What views need to know of evaluation: they see nothing below the state. */

export type { MetricId } from '../evaluation/metrics/metrics';
export type * from '../evaluation/protocol';
export type { TuneGoal } from '../evaluation/search/autoTune';
export type { Sensitivity, SensitivityCell, SensitivityCurve } from '../evaluation/search/sensitivity';
export type { TrailPoint } from '../evaluation/search/trail';
