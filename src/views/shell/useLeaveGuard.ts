import { useEffect, useRef } from 'react';
import type { Recipe } from '../../pruning/recipe';
import { useStudio } from '../../state/store';

/** Asks before the tab is closed on a recipe that was changed and not exported since. */
export function useLeaveGuard(): void {
  const recipe = useStudio((state) => state.recipe);
  const canUndo = useStudio((state) => state.canUndo);
  const report = useStudio((state) => state.exportReport);
  const exported = useRef<Recipe | null>(null);
  useEffect(() => {
    // The dialog is open while the report is there: the recipe is the one that was written.
    if (report !== null) exported.current = recipe;
    if (!canUndo || exported.current === recipe) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [recipe, canUndo, report]);
}
