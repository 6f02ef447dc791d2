import { useEffect } from 'react';

/** A recipe that the page's address holds, as it is opened and whenever it changes. */
export function useRecipeLink(): void {
  useEffect(() => {
    const take = () => {
      if (location.hash.startsWith('#recipe='))
        void import('../../state/recipeLink').then(({ takeLink }) => takeLink());
    };
    take();
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, []);
}
