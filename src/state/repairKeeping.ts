/** A repair that was made: in the recipe, so that undo has it, and in the trail. */
import type { Recipe } from '../pruning/recipe';
import { repairEntry } from '../pruning/repair';
import type { EvaluationContext } from './evaluationContext';
import type { RecipeHistory } from './recipeSlice';
import type { RepairReports } from './repairReports';
import { isPrunedAlike, type RepairReport } from './repairState';

export class RepairKeeping {
  private readonly evaluation: EvaluationContext;
  private readonly history: RecipeHistory;
  private readonly reports: RepairReports;

  constructor(evaluation: EvaluationContext, history: RecipeHistory, reports: RepairReports) {
    this.evaluation = evaluation;
    this.history = history;
    this.reports = reports;
  }

  /** The recipe says from here on that it was repaired. @param sparsity 0 to 1 @param isLive the repair is one with the edit that it followed, for undo */
  commit(recipe: Recipe, report: RepairReport, sparsity: number, isLive: boolean): void {
    const repaired = this.add(recipe, report, sparsity);
    if (isLive) this.history.amend(repaired);
    else this.history.apply(repaired, 'Repaired');
  }

  /** To what is known, and to the trail. @returns the recipe that says so */
  add(recipe: Recipe, report: RepairReport, sparsity: number): Recipe {
    this.reports.keep(report);
    const repaired: Recipe = { ...recipe, repair: repairEntry(report.repair) };
    const { figures } = report;
    if (!figures) return repaired;
    const { point, state, update } = this.evaluation;
    const { trail } = state();
    const known = trail.some((each) => each.origin !== 'repaired' && isPrunedAlike(each.recipe, recipe));
    const pruned = known ? [] : [point({ recipe, evaluation: figures.pruned, sparsity }, 'edit')];
    const after = point({ recipe: repaired, evaluation: figures.repaired, sparsity }, 'repaired');
    update({ trail: [...trail, ...pruned, after] });
    return repaired;
  }
}
