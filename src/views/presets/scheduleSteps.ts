/** Sparsities after a recipe of a schedule, 0 to 1. */
export interface ScheduleStep {
  readonly overall: number;
  /** Of the least and the most pruned layer. */
  readonly least: number;
  readonly most: number;
}
