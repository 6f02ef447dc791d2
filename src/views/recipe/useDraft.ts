/** The recipe as it is being edited, as a list and as JSON: either is the other. */
import { useMemo, useState } from 'react';
import { asCheckpointError, CheckpointError } from '../../lib/errors';
import { modelOutcome } from '../../pruning/modelOutcome';
import { formatRecipe, parseRecipe } from '../../pruning/parseRecipe';
import type { Recipe } from '../../pruning/recipe';
import { withoutStaleRepair } from '../../pruning/repair';
import { matchesInWords } from '../../state/recipeNotice';
import { studio } from '../../state/store';

export interface Draft {
  readonly text: string;
  /** Of the text; while that has an error, the last one without. */
  readonly recipe: Recipe;
  /** What is wrong with the text, one sentence. */
  readonly error: string | undefined;
  /** What it would do, in words; or why it cannot be applied. */
  readonly verdict: { readonly canApply: boolean; readonly sentence: string };
  readonly isChanged: boolean;
  setText(text: string): void;
  setRecipe(recipe: Recipe): void;
}

export function useDraft(): Draft {
  const [start] = useState(() => withoutStaleRepair(studio.getState().recipe));
  const [draft, setDraft] = useState(() => ({
    text: formatRecipe(start),
    recipe: start,
    error: undefined as string | undefined,
  }));
  const verdict = useMemo(() => verdictOn(draft.recipe), [draft.recipe]);
  return {
    ...draft,
    verdict,
    isChanged: draft.text !== formatRecipe(start),
    setText: (text) => {
      try {
        setDraft({ text, recipe: parseRecipe(text), error: undefined });
      } catch (error) {
        setDraft({ ...draft, text, error: asCheckpointError(error).message });
      }
    },
    setRecipe: (recipe) => setDraft({ text: formatRecipe(recipe), recipe, error: undefined }),
  };
}

function verdictOn(recipe: Recipe): Draft['verdict'] {
  const { preview, matches, candidates } = studio.getState();
  try {
    const found = matches(recipe);
    const { sparsity, exact } = modelOutcome(candidates, preview(recipe));
    const percent = `${exact ? '' : 'about '}${(sparsity * 100).toFixed(1)} %`;
    const words = matchesInWords(found, 'The recipe');
    const isForOthers = found.rules > 0 && found.unmatched.length === found.rules;
    if (isForOthers) return { canApply: false, sentence: `${words} So nothing would change.` };
    return { canApply: true, sentence: `${words} Model sparsity: ${percent}.` };
  } catch (error) {
    if (error instanceof CheckpointError) return { canApply: false, sentence: error.message };
    throw error;
  }
}
