/** Repairs of the open checkpoint, and which of them is that of the recipe shown. Undo comes back to each. */
import type { Recipe } from '../pruning/recipe';
import { hasRepair } from '../pruning/repair';
import type { StudioContext } from './context';
import type { RecipeSlice } from './recipeSlice';
import type { RepairReport, RepairState } from './repairState';

type Known = Pick<RecipeSlice, 'recipe'> & { repair: RepairState };

export class RepairReports {
  private readonly studio: StudioContext<Known>;
  /** By the hash of their values, as recipes have it. */
  private readonly reports = new Map<string, RepairReport>();
  /** Of a handle that rests and is held: its recipe is in no history yet. */
  resting: { readonly recipe: Recipe; readonly report: RepairReport } | undefined;
  /** Whether the recipe shown is that of a handle on its way. */
  isDragging = false;

  constructor(studio: StudioContext<Known>) {
    this.studio = studio;
  }

  /** What the recipe shown has of a repair. */
  show(): void {
    const { recipe, repair: before } = this.studio.get();
    const isResting = this.resting?.recipe === recipe;
    const kept = recipe.repair && this.reports.get(recipe.repair.file);
    const report = (isResting ? this.resting?.report : kept) ?? null;
    // While a handle is on its way its recipe is another in every frame.
    const isOfThis = isResting || (!this.isDragging && hasRepair(recipe));
    const isFresh = report !== null && isOfThis;
    const isMissing = report === null && isOfThis;
    if (report === before.report && isFresh === before.isFresh && isMissing === before.isMissing) return;
    this.studio.set({ repair: { ...before, report, isFresh, isMissing } });
  }

  keep(report: RepairReport): void {
    this.reports.set(report.repair.file, report);
  }

  rest(recipe: Recipe, report: RepairReport): void {
    this.keep(report);
    this.resting = { recipe, report };
    this.show();
  }

  holds(file: string): boolean {
    return this.reports.has(file);
  }

  /** With what it was measured to. */
  replace(before: RepairReport, after: RepairReport): void {
    if (this.reports.get(before.repair.file) !== before) return;
    this.keep(after);
    if (this.resting?.report === before) this.resting = { ...this.resting, report: after };
    this.show();
  }

  /** The engine holds its values no longer. */
  forget({ repair }: RepairReport): void {
    this.reports.delete(repair.file);
    if (this.resting?.report.repair === repair) this.resting = undefined;
    this.show();
  }

  clear(): void {
    this.reports.clear();
    this.resting = undefined;
    this.isDragging = false;
  }
}
