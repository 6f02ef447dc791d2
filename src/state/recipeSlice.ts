/** The recipe being edited: gestures, typed values, undo, and the resolution that follows each of them. */
import { asCheckpointError } from '../lib/errors';
import { onlyWaysInChain } from '../pruning/chain';
import {
  type EditTarget,
  initialRecipe,
  reset,
  setIncluded,
  withMethod,
  withSparsity,
  withThreshold,
} from '../pruning/edit';
import { matchesOf, type RecipeMatches } from '../pruning/matches';
import type { Method } from '../pruning/method';
import { type ModelOutcome, modelOutcome } from '../pruning/modelOutcome';
import { withMethodWherePossible } from '../pruning/possible';
import type { Preset } from '../pruning/presets';
import type { Recipe, Rule } from '../pruning/recipe';
import type { Candidate, Resolution } from '../pruning/resolution';
import { resolve } from '../pruning/resolve';
import { refusalOf } from '../pruning/scoring';
import { followersIn } from '../pruning/twins';
import { type Warning, warningsFor } from '../pruning/warnings';
import type { TensorId } from '../tensors/tensor';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import { layersInWords, sparsityInWords, targetInWords, thresholdInWords } from './editWords';
import { createExactPass, type ExactPass, type PassShown } from './exactPass';
import { commit, type History, type HistoryEntry, historyOf, redo, travelTo, undo } from './history';
import { withLocked } from './locks';
import { type ModelChoice, withChoice } from './modelChoice';
import { decidingRules, noResolution } from './outcome';
import { type Said, withoutSaid, withSaid } from './overrule';
import { layersReached } from './reach';
import type { SelectionSlice } from './selectionSlice';
import type { StatusSlice } from './statusSlice';

export interface RecipeSlice {
  /** The recipe as shown: during a gesture, the one being dragged. */
  recipe: Recipe;
  /** Of `recipe`, updated in the same frame. */
  resolution: Resolution;
  outcome: ModelOutcome;
  /** Of the last committed recipe: for charts that must not follow a drag. */
  settled: Resolution;
  /** By tensor, of the last committed recipe: the rule that decides for it, in the last step that has one. */
  deciding: ReadonlyMap<TensorId, Rule>;
  /** The pass over the weights that exact figures, or the scores of a method, wait for. */
  pass: PassShown['pass'];
  warnings: readonly Warning[];
  /** What was done, and the recipes between: `present` is the committed one. */
  history: History<HistoryEntry>;
  canUndo: boolean;
  canRedo: boolean;

  /** Switches tensors in or out of pruning. One history entry. */
  setIncluded(ids: readonly TensorId[], included: boolean): void;
  /**
   * Says what tensors are, in the place of what the file says; undefined: as the file says. One history entry. Tensors
   * whose method cannot prune them then are left as they are until it is set again.
   * @param tensors patterns on names
   */
  overrule(tensors: readonly string[], said: Said | undefined): void;
  /** Locks layers as they are set, or frees them: no edit of others reaches what is locked. One history entry. */
  setLocked(ids: readonly TensorId[], locked: boolean): void;
  /** Which of the file's models are pruned. One history entry. */
  chooseModels(choice: ModelChoice): void;
  /** Prunes the edit scope by another method, as far as its tensors can take it. One history entry. */
  setMethod(method: Method): void;
  /** One history entry. */
  applyPreset(preset: Preset): void;
  /** What a recipe would make of the checkpoint, as far as that is known without a pass. @throws CheckpointError */
  preview(recipe: Recipe): Resolution;
  /** Which of a recipe's rules find tensors here. */
  matches(recipe: Recipe): RecipeMatches;
  /** Shows a recipe everywhere, in no history, until the next edit or null: then the present one. One that cannot apply here is said. */
  glance(recipe: Recipe | null): void;
  /** Stops the pass and takes back what needed it. */
  cancelPass(): void;

  /** A gesture is one undo: begin, any number of drags, then commit (or bail: back to before, not redoable). */
  beginGesture(): void;
  dragThreshold(threshold: number): void;
  /** To an exact share, 0 to 1: what goes is known at once, and at which threshold when the gesture is over. */
  dragSparsity(sparsity: number): void;
  commitGesture(): void;
  bailGesture(): void;
  /** Typed values for the edit scope. One history entry each. `sparsity` is 0 to 1. */
  setThreshold(threshold: number): void;
  setTargetSparsity(sparsity: number): void;
  /** Back to nothing pruned in the edit scope. */
  resetScope(): void;
  undo(): void;
  redo(): void;
  /** One history entry. One that cannot apply here is said through the status, and leaves all as it was. @param what was done */
  applyRecipe(recipe: Recipe, what?: string): void;
  /** To any entry of the history: as that many undos or redos. */
  travelTo(entry: HistoryEntry): void;
  /** A history that was kept, in the place of the one at hand. One that cannot apply here is said through the status. */
  restoreHistory(history: History<HistoryEntry>): void;
}

type Change = (recipe: Recipe) => Recipe;

type Known = RecipeSlice & CheckpointSlice & StatusSlice & SelectionSlice;

export interface RecipeHistory extends Pick<ExactPass, 'caughtUp'> {
  /** Starts afresh with a checkpoint. */
  start(recipe: Recipe): void;
  /** One entry. @param what was done @throws CheckpointError where the recipe cannot apply here; nothing has changed then */
  apply(recipe: Recipe, what: string): void;
  /** In the place of the present one, in the same entry: what follows an edit is undone with it. */
  amend(recipe: Recipe): void;
  /** Resolves again, with what has become known beside the weights. */
  refresh(): void;
}

export function createRecipeSlice(context: StudioContext<Known>): { slice: RecipeSlice; history: RecipeHistory } {
  const { get, set } = context;
  let history = historyOf(entryOf(initialRecipe(), ''));
  /** Shown in the place of the present one, for as long as a person looks at it. */
  let glanced: Recipe | undefined;
  const shownRecipe = () => glanced ?? history.present.recipe;
  /** The drag under way, with its last step: `recipe` is then ahead of the history. */
  let gesture: { step?: Change; what: string } | undefined;
  const pass = createExactPass(context);

  /**
   * Shows a recipe at once: a pure function of the statistics, fast enough for every frame.
   * @throws CheckpointError where it cannot apply here; nothing has changed then
   */
  const show = (recipe: Recipe, exact?: Resolution) => {
    const { checkpoint, candidates } = context.see(recipe);
    const resolution = exact ?? resolve(recipe, candidates, context.answers);
    set({ checkpoint, candidates, recipe, resolution, outcome: modelOutcome(candidates, resolution) });
    return resolution;
  };

  /** What follows once what is shown is committed, or glanced at: exact figures, where weights have to be looked into. */
  const settlePresent = (resolution: Resolution) => {
    const recipe = shownRecipe();
    if (resolution.pending.length === 0 && !glanced) amend({ sparsity: get().outcome.sparsity });
    set({
      settled: resolution,
      warnings: warningsFor(context.candidates, resolution, onlyWays()),
      deciding: decidingRules(recipe, context.candidates),
      history,
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
    });
    pass.stop();
    if (resolution.pending.length === 0) return;
    pass.start(recipe, resolution, (exact) => {
      if (shownRecipe() === recipe && !gesture) settlePresent(show(recipe, exact));
    });
  };

  const showPresent = () => settlePresent(show(shownRecipe()));

  const amend = (changed: Partial<HistoryEntry>) => {
    history = { ...history, present: { ...history.present, ...changed } };
  };

  /** A drag goes on from what is committed meanwhile. */
  const commitRecipe = (recipe: Recipe, what: string) => {
    const resolution = show(recipe);
    glanced = undefined;
    if (recipe !== history.present.recipe) history = commit(history, entryOf(recipe, what));
    settlePresent(resolution);
    if (gesture?.step) drag(gesture.what, gesture.step);
  };

  /** Commits an edit. One that cannot apply (a count is left with fewer weights) is said, and leaves all as it was. */
  const edit = (what: string, change: Change) => {
    try {
      commitRecipe(change(history.present.recipe), what);
    } catch (error) {
      set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  /** A step of a gesture. One that cannot apply ends it, as an edit that cannot. */
  const drag = (what: string, step: Change) => {
    if (!gesture) return;
    gesture = { step, what };
    try {
      show(step(history.present.recipe));
    } catch (error) {
      gesture = undefined;
      showPresent();
      set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  /** The recipe with tensors put back to where nothing of them goes whose method has lost what it needs. */
  const prunableStill = (recipe: Recipe): Recipe => {
    const { candidates } = context.see(recipe);
    const names = refusedBy(decidingRules(recipe, candidates), candidates).map(({ name }) => name);
    return names.length === 0 ? recipe : withMethod(recipe, candidates, { scope: 'layers', names }, notPruned);
  };

  /** Through the history. A recipe whose reference has gone since is said, and leaves all as it was. */
  const travel = (step: (from: typeof history) => typeof history) => {
    if (gesture) return;
    glanced = undefined;
    const before = history;
    history = step(history);
    try {
      showPresent();
    } catch (error) {
      history = before;
      set({ status: { kind: 'error', error: asCheckpointError(error) } });
    }
  };

  /** As the graph tells, or the widths of a chain of layers. */
  const onlyWays = () => new Set(get().checkpoint?.onlyWays ?? onlyWaysInChain(context.candidates));

  const resolveHere = (recipe: Recipe): Resolution => resolve(recipe, context.see(recipe).candidates, context.answers);

  /** Whose masks tensors of a copy take are meant by them: they have no rules of their own. */
  const ranked = (ids: readonly TensorId[]): TensorId[] => {
    const { originals } = followersIn(history.present.recipe, context.candidates);
    return ids.map((id) => originals.get(id)?.id ?? id);
  };

  const namesOf = (ids: readonly TensorId[]) => {
    const wanted = new Set(ids);
    return layersInWords(context.candidates.flatMap(({ id, name }) => (wanted.has(id) ? name : [])));
  };

  /** Of the tensors in scope, those that are in: an edit of their amount takes no other in. */
  const target = (): EditTarget => {
    const state = get();
    if (state.editScope === 'model' || !state.checkpoint) return { scope: 'model' };
    return { scope: 'layers', names: layersReached(state).map(({ name }) => name) };
  };

  const slice: RecipeSlice = {
    recipe: history.present.recipe,
    history,
    resolution: noResolution,
    outcome: modelOutcome([], noResolution),
    settled: noResolution,
    warnings: [],
    deciding: new Map(),
    canUndo: false,
    canRedo: false,
    pass: null,

    cancelPass: () => {
      if (!get().pass) return;
      pass.stop();
      travel(undo);
    },
    preview: resolveHere,
    matches: (recipe) => matchesOf(recipe, context.see(recipe).candidates),
    glance: (recipe) => {
      if (gesture || (recipe ?? undefined) === glanced) return;
      const before = glanced;
      glanced = recipe ?? undefined;
      try {
        showPresent();
      } catch (error) {
        glanced = before;
        set({ status: { kind: 'error', error: asCheckpointError(error) } });
      }
    },

    setIncluded: (ids, included) =>
      edit(`${namesOf(ids)}: ${included ? 'in' : 'out of'} pruning`, (recipe) =>
        setIncluded(recipe, context.candidates, ranked(ids), included),
      ),
    overrule: (tensors, said) => {
      const layersAsIn = (recipe: Recipe) => context.see(recipe).checkpoint?.layers ?? [];
      const opened = get().opened?.layers ?? [];
      edit(`${tensors.join(', ')}: ${said?.kind ?? (said ? 'other dimensions' : 'as the file says')}`, (recipe) => {
        const changed = said ? withSaid(recipe, tensors, said) : withoutSaid(recipe, tensors, opened, layersAsIn);
        return prunableStill(changed);
      });
    },
    setLocked: (ids, locked) => {
      const { opened } = get();
      const layers = opened?.layers ?? [];
      const change = () => {
        // Unless another checkpoint was opened meanwhile.
        if (get().opened !== opened) return;
        edit(`${namesOf(ids)}: ${locked ? 'locked' : 'free'}`, (recipe) =>
          withLocked(recipe, layers, context.candidates, ids, locked, resolveHere),
        );
      };
      // What a layer is locked at has to be known exactly.
      if (get().pass) void pass.caughtUp(new AbortController().signal).then(change);
      else change();
    },
    chooseModels: (choice) =>
      edit('Models that are pruned', (recipe) =>
        withChoice(recipe, context.candidates, get().checkpoint?.models ?? [], choice),
      ),
    setMethod: (method) =>
      edit(`${targetInWords(target())}: method`, (recipe) =>
        withMethodWherePossible(recipe, context.candidates, target(), method),
      ),

    beginGesture: () => {
      glanced = undefined;
      gesture = { what: '' };
      pass.stop();
    },
    dragThreshold: (threshold) =>
      drag(thresholdInWords(target(), threshold), (recipe) =>
        withThreshold(recipe, context.candidates, target(), threshold),
      ),
    dragSparsity: (sparsity) =>
      drag(sparsityInWords(target(), sparsity), (recipe) =>
        withSparsity(recipe, context.candidates, target(), sparsity),
      ),
    commitGesture: () => {
      if (!gesture) return;
      const { what } = gesture;
      gesture = undefined;
      commitRecipe(get().recipe, what);
    },
    bailGesture: () => {
      if (!gesture) return;
      gesture = undefined;
      showPresent();
    },

    setThreshold: (threshold) =>
      edit(thresholdInWords(target(), threshold), (recipe) =>
        withThreshold(recipe, context.candidates, target(), threshold),
      ),
    setTargetSparsity: (sparsity) =>
      edit(sparsityInWords(target(), sparsity), (recipe) =>
        withSparsity(recipe, context.candidates, target(), sparsity),
      ),
    resetScope: () =>
      edit(`${targetInWords(target())}: nothing pruned`, (recipe) => reset(recipe, context.candidates, target())),

    undo: () => travel(undo),
    redo: () => travel(redo),

    travelTo: (entry) => travel((from) => travelTo(from, entry)),
    restoreHistory: (kept) => {
      gesture = undefined;
      travel(() => kept);
    },

    applyRecipe: (recipe, what = 'Another recipe') => edit(what, () => recipe),
    applyPreset: (preset) =>
      edit(preset.title, (recipe) => preset.apply(recipe, context.candidates, get().checkpoint?.heads)),
  };

  return {
    slice,
    history: {
      caughtUp: pass.caughtUp,
      start: (recipe) => {
        pass.stop();
        gesture = undefined;
        glanced = undefined;
        history = historyOf(entryOf(recipe, 'Opened'));
        showPresent();
      },
      apply: commitRecipe,
      amend: (recipe) => {
        amend({ recipe });
        showPresent();
      },
      refresh: () => {
        const recipe = prunableStill(history.present.recipe);
        if (recipe !== history.present.recipe) {
          edit('What its method needs is gone', () => recipe);
          return;
        }
        showPresent();
        if (gesture?.step) drag(gesture.what, gesture.step);
      },
    },
  };
}

function entryOf(recipe: Recipe, what: string): HistoryEntry {
  return { recipe, what, at: Date.now() };
}

/** What tensors go back to whose method has lost what it needs. */
const notPruned: Method = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0 } };

function refusedBy(deciding: RecipeSlice['deciding'], candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((candidate) => {
    const rule = deciding.get(candidate.id);
    return rule !== undefined && refusalOf(rule, candidate) !== undefined;
  });
}
