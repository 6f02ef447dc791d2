/** Repair as the studio holds it: what was repaired, whether that is of the recipe shown, and what it costs. */
import type { Evaluation, InputSource, InputSummary } from '../evaluation/protocol';
import type { Recipe } from '../pruning/recipe';
import { hashOfRecipe, type Repair } from '../pruning/repair';
import type { EvaluationState } from './evaluationState';
import type { WorkStatus } from './stepRunner';

export type { RepairedTensor } from '../pruning/repair';
export type { Repair };

/** What a repair fits to. */
export type CalibrationChoice =
  /** The set that comes with a sample. */
  | { readonly kind: 'sample'; readonly file: string }
  /** Some of the inputs, which are then left out of the figure of quality. */
  | { readonly kind: 'share' }
  | { readonly kind: 'own'; readonly source: InputSource; readonly title: string }
  /** Only after a second question: measured to be worse than no repair. */
  | { readonly kind: 'random' };

/** `refused`: the model as a whole did not get better, or the recipe changed under it. */
export type RepairStatus = WorkStatus<'repairing'>;

/** Quality of one recipe without its repair and with it, on the same inputs. */
export interface RepairFigures {
  readonly inputs: InputSummary;
  readonly pruned: Evaluation;
  readonly repaired: Evaluation;
}

/** A repair that the engine holds. */
export interface RepairReport {
  readonly repair: Repair;
  /** Undefined until the model was run with it on the inputs at hand. */
  readonly figures?: RepairFigures;
}

/** One round of pruning to a sparsity with repairs in between. */
export interface RoundFigure {
  readonly sparsity: number;
  readonly pruned?: Evaluation;
  readonly repaired: Evaluation;
}

export interface Rounds {
  /** Sparsity to end at, 0 to 1. */
  readonly target: number;
  readonly state: 'running' | 'finished' | 'stopped' | 'cancelled';
  readonly figures: readonly RoundFigure[];
  /** What is done now, in words. */
  readonly step: string;
}

/** As the evaluation took it. */
export interface UsedCalibration {
  /** In words. */
  readonly title: string;
  readonly samples: number;
  /** Of the inputs, how many quality is measured on. */
  readonly judged: number;
  /** How many inputs there are. */
  readonly given: number;
}

export interface RepairSettings {
  /** That a repair fits to. */
  readonly samples: number;
  /** Added to the diagonal, as a share of its mean. */
  readonly damping: number;
}

export interface RepairState {
  readonly status: RepairStatus;
  /** Of the recipe shown, or of the one that it was edited from. */
  readonly report: RepairReport | null;
  /** Whether `report` is of the recipe shown. */
  readonly isFresh: boolean;
  /** The recipe says that it was repaired, and the repaired weights are not here. */
  readonly isMissing: boolean;
  /** What a person wants to see; it counts while the report is fresh. */
  readonly on: boolean;
  /** Whether Repair was pressed: only then can it follow the handle. */
  readonly wasPressed: boolean;
  readonly live: boolean;
  /** What the last repairs took, the newest last. */
  readonly took: readonly number[];
  readonly settings: RepairSettings;
  /** Null: what is usual for the inputs at hand. */
  readonly calibration: CalibrationChoice | null;
  /** Among the samples, what comes with the open one for this. */
  readonly set: string | null;
  /** Null: there are only random numbers at hand, and a person has to choose. */
  readonly usual: CalibrationChoice | null;
  /** What the evaluation has for repairs; null before the first. */
  readonly used: UsedCalibration | null;
  readonly rounds: Rounds | null;
}

/** What is fitted to; null where a person has to choose first. */
export function calibrationInUse({
  calibration,
  usual,
}: Pick<RepairState, 'calibration' | 'usual'>): CalibrationChoice | null {
  return calibration ?? usual;
}

export const leastSamples = 32;

export const notRepaired: RepairState = {
  status: { kind: 'idle' },
  report: null,
  isFresh: false,
  isMissing: false,
  on: true,
  wasPressed: false,
  live: false,
  took: [],
  settings: { samples: 256, damping: 0.01 },
  calibration: null,
  set: null,
  usual: null,
  used: null,
  rounds: null,
};

/** The repair that is shown and exported; undefined while the model is as pruned. */
export function repairInForce({ report, isFresh, on }: RepairState): Repair | undefined {
  return report && isFresh && on ? report.repair : undefined;
}

/** Whether two recipes prune alike, whether they were repaired or not. */
export function isPrunedAlike(recipe: Recipe, other: Recipe): boolean {
  return recipe === other || hashOfRecipe(recipe) === hashOfRecipe(other);
}

/** A repair longer than this does not follow the handle. */
const followed = 2500;

/** What a repair takes, by the last three; undefined before the first. */
export function repairTakes({ took }: Pick<RepairState, 'took'>): number | undefined {
  const last = took.slice(-3).sort((a, b) => a - b);
  return last[Math.floor((last.length - 1) / 2)];
}

export function canFollow(state: Pick<RepairState, 'took'>): boolean {
  const takes = repairTakes(state);
  return takes !== undefined && takes <= followed;
}

/** What is shown of a recipe: quality as it is exported. */
export function shownEvaluation(evaluation: EvaluationState, repair: RepairState): Evaluation | null {
  const { figures } = repair.report ?? {};
  const isOfThese = figures !== undefined && figures.inputs === evaluation.inputs;
  return repairInForce(repair) && isOfThese ? figures.repaired : evaluation.evaluation;
}
