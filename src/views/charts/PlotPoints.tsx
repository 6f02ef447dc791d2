import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import { Mark, type Shape } from './Mark';
import classes from './PlotPoints.module.css';

export interface PlotPoint {
  readonly key: number;
  /** Where it stands on the chart's axes. */
  readonly x: number;
  readonly y: number;
  readonly shape: Shape;
  /** What it is and what choosing it does. */
  readonly label: string;
  readonly tip: ReactNode;
  readonly isCurrent: boolean;
  onChoose(): void;
}

interface PlotPointsProps {
  /** Of the group. */
  readonly label: string;
  /** In the order in which arrow keys go through them. */
  readonly points: readonly PlotPoint[];
  /** Lies over the chart that the points are part of, as they are buttons. */
  readonly over: HTMLElement | null;
}

/** Points of a chart to look at and to choose: one stop of the Tab key, arrows among them. */
export function PlotPoints({ over, ...rest }: PlotPointsProps) {
  const place = usePlace();
  return over && place && createPortal(<Points place={place} {...rest} />, over);
}

/** In pixels from the left and the top of the chart, and whether there is more room on the other side. */
type Place = (point: PlotPoint) => {
  readonly left: number;
  readonly top: number;
  readonly isRight: boolean;
  readonly isLow: boolean;
};

function usePlace(): Place | undefined {
  const [x, y, area] = [useXAxisScale(), useYAxisScale(), usePlotArea()];
  if (!x || !y || !area) return undefined;
  return (point) => {
    const [left, top] = [x(point.x) ?? 0, y(point.y) ?? 0];
    return { left, top, isRight: left > area.x + area.width / 2, isLow: top > area.y + area.height / 2 };
  };
}

function Points({ label, points, place }: Omit<PlotPointsProps, 'over'> & { readonly place: Place }) {
  const group = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [focused, setFocused] = useState<number | null>(null);
  const shown = points.find(({ key }) => key === (hovered ?? focused));
  const stop = points.find(({ key }) => key === focused) ?? points.find(({ isCurrent }) => isCurrent) ?? points[0];

  const press = (event: KeyboardEvent) => {
    const at = points.findIndex(({ key }) => key === focused);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: points.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    group.current?.querySelectorAll('button')[Math.min(points.length - 1, Math.max(0, to))]?.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div ref={group} role="group" aria-label={label} onKeyDown={press}>
      {points.map((point) => (
        <button
          key={point.key}
          type="button"
          className={classes.point}
          style={placeOf(place(point))}
          data-shape={point.shape}
          aria-label={point.label}
          aria-current={point.isCurrent}
          tabIndex={point === stop ? 0 : -1}
          onClick={point.onChoose}
          onMouseEnter={() => setHovered(point.key)}
          onMouseLeave={() => setHovered(null)}
          onFocus={() => setFocused(point.key)}
          onBlur={() => setFocused(null)}
        >
          <Mark shape={point.shape} size={point.isCurrent ? 17 : 12} />
        </button>
      ))}
      {shown && (
        <div className={classes.tip} style={placeOfTip(place(shown))} aria-hidden="true">
          {shown.tip}
        </div>
      )}
    </div>
  );
}

function placeOf({ left, top }: ReturnType<Place>) {
  return { left, top };
}

/** Beside the point, on the side and at the height where there is room. */
function placeOfTip({ left, top, isRight, isLow }: ReturnType<Place>) {
  return {
    ...(isRight ? { right: `calc(100% - ${left - 14}px)` } : { left: left + 14 }),
    ...(isLow ? { bottom: `calc(100% - ${top + 8}px)` } : { top: top - 8 }),
  };
}
