import { useEffect } from 'react';
import { isRecipeText } from '../../state/dropped';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}

/** A recipe, a link to one, or files, pasted anywhere: as if they were dropped. */
export function usePaste(): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const { clipboardData, target } = event;
      if (!clipboardData || screen.getState().dialog !== null || isIn(target, 'textarea, [contenteditable]')) return;
      const files = [...clipboardData.files];
      const text = clipboardData.getData('text/plain');
      if (isRecipeText(text) || text.includes('#recipe=')) {
        // A field of one line has no use for it.
        event.preventDefault();
        void import('../../state/recipeLink').then(({ applyPasted }) => applyPasted(text));
      } else if (files.length > 0 && !isIn(target, 'input')) void studio.getState().takeDropped(files);
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, []);
}
