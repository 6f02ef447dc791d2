/** Work that is fitted to calibration inputs: repairs, and the layers that read what a slim model lost. */
import type { Recipe } from '../pruning/recipe';
import type { EvaluationContext } from './evaluationContext';
import type { Calibrated } from './repairCalibration';
import type { RepairState } from './repairState';
import type { ShowStep } from './stepRunner';

export class CalibratedWork {
  private readonly evaluation: EvaluationContext;
  private readonly evaluateNow: () => Promise<void>;
  private calibrated: Calibrated | undefined;

  constructor(evaluation: EvaluationContext, evaluateNow: () => Promise<void>) {
    this.evaluation = evaluation;
    this.evaluateNow = evaluateNow;
  }

  /**
   * A share of the inputs is given back where nothing comes of the work.
   * @throws CheckpointError what reading inputs and the work throw; all is as it was then
   */
  async run<Made>(
    recipe: Recipe,
    signal: AbortSignal,
    show: ShowStep,
    work: () => Promise<Made>,
    isOfUse: (made: Made) => boolean,
  ): Promise<Made> {
    const { evaluation } = this;
    const { calibrate, takeBack } = await import('./repairCalibration');
    const known = this.calibrated;
    show('reading calibration inputs', 0, 0);
    const now = await calibrate(evaluation, evaluation.studio.get().repair, known, this.evaluateNow, signal);
    this.calibrated = now;
    this.show({ used: now?.used ?? null });
    const giveBack = () => {
      if (now === known || !now?.before || evaluation.studio.get().recipe !== recipe) return;
      takeBack(evaluation, now.before);
      this.forget();
      this.show({ used: null });
    };
    try {
      const made = await work();
      if (!isOfUse(made)) giveBack();
      return made;
    } catch (thrown) {
      giveBack();
      throw thrown;
    }
  }

  /** What the evaluation had is of another checkpoint. */
  forget(): void {
    this.calibrated = undefined;
  }

  private show(partial: Partial<RepairState>): void {
    const { studio } = this.evaluation;
    studio.set({ repair: { ...studio.get().repair, ...partial } });
  }
}
