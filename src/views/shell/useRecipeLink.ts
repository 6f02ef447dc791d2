import { useEffect } from 'react';

/** A recipe that the page's address holds, or the token of files beside the page, as it is opened and whenever it changes. */
export function useRecipeLink(): void {
  useEffect(() => {
    const take = () => {
      if (location.hash.startsWith('#recipe='))
        void import('../../state/recipeLink').then(({ takeLink }) => takeLink());
      if (location.hash.startsWith('#open=')) void import('../../state/served').then(({ takeServed }) => takeServed());
    };
    take();
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
}
