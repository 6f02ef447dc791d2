import { OpeningReport, useSlowOpening } from '../parts/progress/OpeningReport';
import classes from './OpeningCard.module.css';

/** Over the checkpoint that is open already and stays usable beneath. */
export function OpeningCard() {
  const isSlow = useSlowOpening();
  return isSlow ? (
    <div className={classes.card}>
      <OpeningReport />
    </div>
  ) : null;
}
