import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import { Mark, type Shape } from './Mark';
import classes from './PlotPoints.module.css';
import { type Frame, xOf, yOf } from './scale';

export interface PlotPoint {
  readonly key: number;
  /** 0 to 1. */
  readonly sparsity: number;
  readonly value: number;
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
  readonly frame: Frame;
  readonly higherIsBetter: boolean;
}

/** Points to look at and to choose: one stop of the Tab key, arrows among them. */
export function PlotPoints({ label, points, frame, higherIsBetter }: PlotPointsProps) {
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
          style={place(point, frame, higherIsBetter)}
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
        <div className={classes.tip} style={placeTip(shown, frame, higherIsBetter)} aria-hidden="true">
          {shown.tip}
        </div>
      )}
    </div>
  );
}

function place({ sparsity, value }: PlotPoint, frame: Frame, higherIsBetter: boolean) {
  return { left: xOf(frame, sparsity), top: yOf(frame, value, higherIsBetter) };
}

/** Beside the point, on the side and at the height where there is room. */
function placeTip(point: PlotPoint, frame: Frame, higherIsBetter: boolean) {
  const { left, top } = place(point, frame, higherIsBetter);
  return {
    ...(left > frame.width / 2 ? { right: frame.width - left + 14 } : { left: left + 14 }),
    ...(top > frame.height / 2 ? { bottom: frame.height - top - 8 } : { top: top - 8 }),
  };
}
