/** Slim as the studio holds it: what a person asks for, the smaller model made last, and whether that is of the recipe shown. */
import type { InputSummary } from '../evaluation/protocol';
import type { ModelCosts, SlimGoal, SlimMeasure, SlimReport } from '../evaluation/slim/protocol';
import type { Recipe } from '../pruning/recipe';
import type { SlimEntry } from '../pruning/recipeHead';
import { hashOfRecipe } from '../pruning/repair';
import type { Outcome } from '../pruning/resolution';
import { formatPlan, type SlimPlan } from '../tensors/graph/slimPlan';
import type { TensorId } from '../tensors/tensor';
import { type RepairState, repairInForce } from './repairState';
import type { WorkStatus } from './stepRunner';

// Named here for the views, which see nothing of the evaluation.
export type {
  CostOfNode,
  LayerWidth,
  ModelCosts,
  SlimMeasure,
  SlimQuality,
  SlimReport,
  Timing,
} from '../evaluation/slim/protocol';

/** `refused`: nothing can go, it was withheld, or the recipe changed under it. */
export type SlimStatus = WorkStatus<'slimming'>;

export interface SlimSettings {
  readonly measure: SlimMeasure;
  /** Of the original's, what may remain, 0 to 1; null: only what is dead goes. */
  readonly target: number | null;
  /** Layers that read what changed are fitted anew, where there is something to fit them to. */
  readonly repair: boolean;
  /** Where the recipe came with a plan: what that says goes, whatever the target. */
  readonly replays: boolean;
}

/** A smaller model. */
export interface SlimMade {
  readonly report: SlimReport;
  /** The ONNX model. */
  readonly model: Blob;
  /** Masks of the recipe, and what was fitted. */
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  /** Of what is shown and exported when it was made. */
  readonly of: string;
  readonly settings: SlimSettings;
  /** What the recipe says of it from then on. */
  readonly entry: SlimEntry;
  /** That its quality was measured on. */
  readonly inputs: InputSummary | null;
}

export interface SlimState {
  readonly status: SlimStatus;
  /** The one made last of the open checkpoint. */
  readonly made: SlimMade | null;
  /** Whether it is of the recipe shown. */
  readonly isFresh: boolean;
  readonly settings: SlimSettings;
  /** Of the open graph as it is; null until it was asked. */
  readonly costs: ModelCosts | null;
}

export const notSlim: SlimState = {
  status: { kind: 'idle' },
  made: null,
  isFresh: false,
  settings: { measure: 'macs', target: 0.5, repair: true, replays: true },
  costs: null,
};

/** Whether a smaller model is of a recipe. */
export function isOf(made: SlimMade, recipe: Recipe, repair: RepairState): boolean {
  return recipe.slim === made.entry && made.of === slimKey(recipe, repair);
}

/** The same for what exports the same weights. */
export function slimKey(recipe: Recipe, repair: RepairState): string {
  return `${hashOfRecipe(recipe)} ${repairInForce(repair)?.file ?? ''}`;
}

/** A plan that the recipe brought along, and nothing here was made by. */
export function givenPlan({ slim }: Recipe, { made }: SlimState): SlimPlan | undefined {
  return slim && slim !== made?.entry ? slim.plan : undefined;
}

/** @param plan that is to be repeated */
export function goalOf({ measure, target }: SlimSettings, plan: SlimPlan | undefined): SlimGoal {
  if (plan) return { kind: 'plan', plan: formatPlan(plan) };
  return target === null ? { kind: 'dead' } : { kind: 'target', measure, share: target };
}

/** The smaller model of the recipe shown. */
export function slimInForce({ made, isFresh }: SlimState): SlimMade | undefined {
  return made && isFresh ? made : undefined;
}

/** Multiplications of one sample by the weights that they are with. */
export function macsByTensor({ nodes }: ModelCosts): Map<TensorId, number> {
  const macs = new Map<TensorId, number>();
  for (const { tensor, macs: own } of nodes) if (tensor !== undefined) macs.set(tensor, (macs.get(tensor) ?? 0) + own);
  return macs;
}
