/** Pruning to a sparsity in rounds with repairs in between, as the studio shows it: how far it is, and what it came to. */
import { settle } from '../engine/recipe/settle';
import { layersIn } from '../evaluation/search/layerRecipes';
import { pruneInRounds, type Round, type RoundsBench, roundsTo } from '../evaluation/search/rounds';
import { CheckpointError } from '../lib/errors';
import { formatPercent } from '../lib/numbers';
import type { Recipe } from '../pruning/recipe';
import type { Repair } from '../pruning/repair';
import type { EvaluationContext } from './evaluationContext';
import { figuresOf, requestFor } from './repairRun';
import type { RepairFigures, RepairSettings, RoundFigure, Rounds } from './repairState';
import type { ShowStep } from './stepRunner';

/** A round whose repair helped. */
export type RepairedRound = Round & { readonly repair: Repair };

/**
 * @param isEnough asked after each round
 * @param show what each round came to, as they are done
 * @returns the rounds that were repaired, in their order
 * @throws CheckpointError whatever the engine or the evaluation threw, `cancelled`
 */
async function repairRounds(
  context: EvaluationContext,
  base: Recipe,
  target: number,
  { damping }: RepairSettings,
  signal: AbortSignal,
  isEnough: () => boolean,
  show: { step: ShowStep; figures(figures: readonly RoundFigure[]): void },
): Promise<readonly RepairedRound[]> {
  const { client, studio } = context;
  const layers = layersIn(base, studio.candidates);
  const wanted = roundsTo(target);
  const figures: RoundFigure[] = [];
  const rounds: RepairedRound[] = [];
  const say = (what: string, done: number, total: number) => {
    const sparsity = wanted[figures.length] ?? target;
    show.step(`round ${figures.length + 1} of ${wanted.length}, ${formatPercent(sparsity, 0)}: ${what}`, done, total);
  };
  const bench: RoundsBench = {
    resolve: (recipe, start, stop) => {
      say('choosing weights', 0, 0);
      const { candidates } = studio.see(recipe);
      const ask: Parameters<typeof settle>[3] = (requests) =>
        studio.engine.call('lookUp', { requests }, { signal: stop });
      return settle(recipe, candidates, studio.answers, ask, undefined, start);
    },
    repair: (outcomes, of, stop) =>
      client.call(
        'repair',
        { ...requestFor(of, outcomes, damping), between: true },
        { signal: stop, progress: ({ layer = 'the weights', done, total }) => say(`fitting ${layer}`, done, total) },
      ),
    evaluate: (outcomes, stop) => client.call('evaluate', { outcomes }, { signal: stop }),
  };
  for await (const round of pruneInRounds(base, layers, target, bench, signal)) {
    const { sparsity, pruned, repaired, repair } = round;
    figures.push({ sparsity, pruned, repaired });
    if (repair) rounds.push({ ...round, repair });
    show.figures([...figures]);
    if (isEnough()) break;
  }
  return rounds;
}

/**
 * Fills `state.repair.rounds` in as they go.
 * @param isEnough asked after each round
 * @throws CheckpointError as `repairRounds`; `unsupported-feature` where no round helped
 */
export async function showRounds(
  context: EvaluationContext,
  base: Recipe,
  target: number,
  signal: AbortSignal,
  isEnough: () => boolean,
  showStep: ShowStep,
): Promise<RoundsMade> {
  const { studio } = context;
  let shown: Rounds = { target, state: 'running', figures: [], step: 'getting ready' };
  const change = (partial: Partial<Rounds>) => {
    shown = { ...shown, ...partial };
    studio.set({ repair: { ...studio.get().repair, rounds: shown } });
  };
  change({});
  const step: ShowStep = (text, done, total) => {
    if (signal.aborted) return;
    change({ step: text });
    showStep(text, done, total);
  };
  try {
    const { settings } = studio.get().repair;
    const figures = (each: Rounds['figures']) => change({ figures: each });
    const rounds = await repairRounds(context, base, target, settings, signal, isEnough, { step, figures });
    const last = rounds.at(-1);
    if (!last) throw new CheckpointError('unsupported-feature', 'No round made the model better: it stays as it was.');
    step('running the model', 0, 0);
    const whole = await figuresOf(context, last.recipe, last.repair, signal);
    return { rounds, last, figures: whole, end: () => change({ state: isEnough() ? 'stopped' : 'finished' }) };
  } catch (thrown) {
    change({ state: 'cancelled' });
    throw thrown;
  }
}

export interface RoundsMade {
  readonly rounds: readonly RepairedRound[];
  readonly last: RepairedRound;
  /** Of the last. */
  readonly figures: RepairFigures;
  /** Says that it is done. */
  readonly end: () => void;
}
