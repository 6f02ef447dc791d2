/** Opening a checkpoint, and giving it what belongs to it: a recipe, norms of inputs, repaired weights. */
import { AnswerCache } from '../engine/recipe/answerCache';
import { candidatesOf } from '../engine/recipe/candidates';
import { CheckpointError } from '../lib/errors';
import { namesInWords } from '../lib/fileNames';
import { initialRecipe } from '../pruning/edit';
import { matchesOf } from '../pruning/matches';
import { parseRecipe } from '../pruning/parseRecipe';
import type { Repair } from '../pruning/repair';
import { inNetworkOrder } from '../tensors/layerOrder';
import { type ChannelsSlice, needsChannels } from './channelsSlice';
import type { CheckpointSlice } from './checkpointSlice';
import type { StudioContext } from './context';
import { type Dropped, type DroppedRecipe, notesOn } from './dropped';
import type { NoticeSlice } from './noticeSlice';
import { assertMatches, matchesInWords } from './recipeNotice';
import type { RecipeHistory, RecipeSlice } from './recipeSlice';
import { assertIsOfRecipe, assertRepairIsHere, openRepair } from './repairFiles';
import type { RepairSlice } from './repairSlice';
import type { SelectionSlice } from './selectionSlice';
import type { StatusSlice } from './statusSlice';
import type { UnsavedSlice } from './unsaved';

export type OpeningStudio = CheckpointSlice &
  StatusSlice &
  SelectionSlice &
  RecipeSlice &
  UnsavedSlice &
  NoticeSlice & { readonly awaited: DroppedRecipe | null } & Pick<ChannelsSlice, 'findChannels'> &
  Pick<RepairSlice, 'keepRepair' | 'takeRepair' | 'holdsRepair'>;

/** What goes with a checkpoint. */
export type Beside = Pick<Dropped, 'norms' | 'repairs' | 'recipe' | 'otherRecipes'>;

export interface Opening {
  /** @param sample its name among the samples, where it is one @throws CheckpointError whatever the engine throws */
  open(files: readonly File[], sample: string | null, beside: Beside, signal: AbortSignal): Promise<void>;
  /** To the checkpoint that is open. @throws CheckpointError where they do not fit it, or nothing is open */
  giveBeside(beside: Beside, signal: AbortSignal): Promise<void>;
  /** One history entry. @param name of its file, or what it is called @throws CheckpointError `invalid-recipe` */
  applyGiven(recipe: DroppedRecipe): Promise<void>;
}

export function createOpening(context: StudioContext<OpeningStudio>, history: RecipeHistory): Opening {
  const { get, set, engine } = context;

  const applyGiven = async ({ name, text }: DroppedRecipe) => {
    const { checkpoint } = get();
    const recipe = parseRecipe(text);
    if (!checkpoint) {
      set({ awaited: { name, text } });
      return;
    }
    assertRepairIsHere(recipe, name, get().holdsRepair);
    if (needsChannels(recipe) && !get().channels) await get().findChannels();
    const { candidates } = context.see(recipe);
    const matches = matchesOf(recipe, candidates);
    assertMatches(matches, name, checkpoint.fileName, candidates);
    history.apply(recipe, name);
    get().say(matchesInWords(matches, name));
  };

  const giveBeside = async ({ norms, repairs, recipe, otherRecipes }: Beside, signal: AbortSignal) => {
    if (recipe && otherRecipes.length > 0) {
      const names = namesInWords([recipe, ...otherRecipes].map(({ name }) => name));
      throw new CheckpointError('invalid-recipe', `Several recipes were given: ${names}.`, {
        advice: 'Drop the one that is to be applied.',
      });
    }
    const parsed = recipe && parseRecipe(recipe.text);
    for (const file of norms) {
      const { openInputNorms } = await import('./inputNorms');
      if (!signal.aborted) await openInputNorms(context, file, parsed ?? get().recipe, signal);
    }
    const opened: Repair[] = [];
    for (const file of repairs) {
      if (!signal.aborted) opened.push(await openRepair(context, file, signal));
    }
    if (signal.aborted) return;
    for (const repair of opened) get().keepRepair(repair);
    if (recipe) await applyGiven(recipe);
    else for (const repair of opened) assertIsOfRecipe(repair, get().takeRepair(repair));
  };

  const open: Opening['open'] = async (files, sample, { norms, repairs, recipe, otherRecipes }, signal) => {
    const opened = await engine.call(
      'open',
      { files },
      {
        signal,
        progress: ({ structure, ...progress }) => {
          const { status } = get();
          if (status.kind !== 'opening' || signal.aborted) return;
          set({ status: { ...status, progress, ...(structure && { structure }) } });
        },
      },
    );
    const checkpoint = { ...opened, notes: [...opened.notes, ...notesOn(otherRecipes, recipe)] };
    context.files = files;
    context.sample = sample;
    const candidates = candidatesOf(checkpoint.layers);
    context.answers = new AnswerCache();
    const shown = inNetworkOrder(candidates, checkpoint, ({ id }) => id);
    const first = shown.find(({ byDefault }) => byDefault)?.id ?? checkpoint.layers[0]?.id;
    set({
      opened: checkpoint,
      origin: { files, sample },
      checkpoint,
      candidates,
      reference: null,
      inputNorms: new Map(),
      channels: undefined,
      inputMoments: new Map(),
      editScope: 'layer',
      selection: first === undefined ? [] : [first],
    });
    history.start(initialRecipe());
    get().markSaved();
    const waiting = recipe ?? get().awaited;
    if (waiting) set({ awaited: null });
    await giveBeside({ norms, repairs, ...(waiting && { recipe: waiting }), otherRecipes: [] }, signal);
    // A recipe that came with the file lies in one.
    if (recipe) get().markSaved();
  };

  return { open, giveBeside, applyGiven };
}
