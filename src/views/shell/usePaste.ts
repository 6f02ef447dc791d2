import { useEffect } from 'react';
import { isRecipeText } from '../../state/dropped';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';

/** A recipe's text, or files, pasted anywhere but into a field: as if they were dropped. */
export function usePaste(): void {
  useEffect(() => {
    const paste = ({ clipboardData, target }: ClipboardEvent) => {
      const isInField = target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
      if (!clipboardData || isInField || screen.getState().dialog !== null) return;
      const files = [...clipboardData.files];
      const text = clipboardData.getData('text/plain');
      if (files.length > 0) void studio.getState().takeDropped(files);
      else if (isRecipeText(text)) void studio.getState().applyRecipeText(text, 'The pasted recipe');
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, []);
}
