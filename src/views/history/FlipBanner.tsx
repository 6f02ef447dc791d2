import { useEffect } from 'react';
import { flippable } from '../../state/snapshots';
import { studio, useStudio } from '../../state/store';
import classes from './FlipBanner.module.css';

/** While a key is held, or a button: what is shown in the place of the recipe. It lets go when either is let go. */
export function FlipBanner() {
  const flipped = useStudio((state) => state.flipped);
  const name = useStudio((state) =>
    state.flipped === null ? undefined : flippable(state).find(({ id }) => id === state.flipped)?.name,
  );
  useEffect(() => {
    if (flipped === null) return;
    const back = () => studio.getState().flip(null);
    const lift = ({ key }: KeyboardEvent) => {
      if (/^(f|shift|enter| |escape)$/i.test(key)) back();
    };
    // A key that is let go in another window is never heard of.
    window.addEventListener('keyup', lift);
    window.addEventListener('blur', back);
    window.addEventListener('pointerup', back);
    window.addEventListener('pointercancel', back);
    return () => {
      window.removeEventListener('keyup', lift);
      window.removeEventListener('blur', back);
      window.removeEventListener('pointerup', back);
      window.removeEventListener('pointercancel', back);
    };
  }, [flipped]);
  return (
    <output className={classes.place}>
      {name !== undefined && (
        <span className={classes.banner}>
          Shown while held: <b>{name}</b>
        </span>
      )}
    </output>
  );
}
