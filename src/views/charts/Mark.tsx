import classes from './PlotPoints.module.css';

export type Shape = 'circle' | 'diamond' | 'triangle' | 'square';

/** Ten units high, around the middle. */
const outlines: Readonly<Record<Shape, string>> = {
  circle: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0Z',
  diamond: 'M0-6L6 0L0 6L-6 0Z',
  triangle: 'M0-5.5L5.5 4.5H-5.5Z',
  square: 'M-4.5-4.5H4.5V4.5H-4.5Z',
};

/** A point of a chart, told from others by its shape. @param size in pixels */
export function Mark({ shape, size }: { readonly shape: Shape; readonly size: number }) {
  return (
    <svg className={classes.mark} width={size} height={size} viewBox="-6.5 -6.5 13 13" aria-hidden="true">
      <path d={outlines[shape]} />
    </svg>
  );
}
