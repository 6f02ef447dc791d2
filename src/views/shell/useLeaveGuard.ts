import { useEffect } from 'react';
import { studio, useStudio } from '../../state/store';
import { hasUnsavedWork } from '../../state/unsaved';
import { isKept } from '../../state/work/workState';

/** Asks before the tab is closed on work that no file holds. */
export function useLeaveGuard(): void {
  const isEdited = useStudio(({ recipe, savedRecipe }) => savedRecipe !== null && recipe !== savedRecipe);
  useEffect(() => {
    if (!isEdited) return;
    const ask = (event: BeforeUnloadEvent) => {
      if (hasUnsavedWork(studio.getState()) && !isKept()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isEdited]);
}
