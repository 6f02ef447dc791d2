import { type KeyboardEvent, memo, type SyntheticEvent, useRef, useState } from 'react';
import { at } from '../../../lib/known';
import { studio } from '../../../state/store';
import type { ScoreWords } from '../../parts/scores/scoreWords';
import classes from './SnapScale.module.css';
import { marksOf, type SnapPoint } from './snapping';

interface SnapScaleProps {
  readonly points: readonly SnapPoint[];
  readonly words: ScoreWords;
  readonly axisWidth: number;
}

/** Pixels from the marks down to the plot. */
const drop = 8;

/** A press on a mark is no press on the plot below. */
const keep = (event: SyntheticEvent) => event.stopPropagation();

/** Above the plot: where the handle prunes a round share of the weights. It is drawn there; a click takes it there. */
export const SnapScale = memo(function SnapScale({ points, words, axisWidth }: SnapScaleProps) {
  const marks = marksOf(points, axisWidth);
  const row = useRef<HTMLDivElement>(null);
  /** The one that the Tab key stops at; arrows go on from there. */
  const [stop, setStop] = useState(0);
  const press = (event: KeyboardEvent) => {
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    row.current?.querySelectorAll('button')[Math.min(marks.length - 1, Math.max(0, to))]?.focus();
  };
  if (marks.length === 0) return null;
  return (
    <>
      <svg className={classes.leaders} width={axisWidth} height={drop} aria-hidden="true" data-not-taken>
        {marks.map(({ point, x }) => (
          <path key={point.sparsity} d={`M${x} 0L${point.x} ${drop}`} />
        ))}
      </svg>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={row}
        className={classes.scale}
        role="group"
        aria-label="Prune a round share"
        onKeyDown={press}
        onPointerDown={keep}
        onPointerMove={keep}
        onMouseDown={keep}
        onDoubleClick={keep}
      >
        {marks.map(({ point, x }, i) => {
          const share = `${point.sparsity * 100} %`;
          return (
            <button
              key={point.sparsity}
              type="button"
              style={{ left: x }}
              tabIndex={i === Math.min(stop, marks.length - 1) ? 0 : -1}
              aria-label={`Prune ${share}`}
              title={`Prune ${share} of the ${words.plural} here`}
              onFocus={() => setStop(i)}
              onClick={() => studio.getState().setTargetSparsity(at(marks, i).point.sparsity)}
            >
              {share}
            </button>
          );
        })}
      </div>
    </>
  );
});
