import { useMemo, useState } from 'react';
import type { Distribution } from '../../charts/histogram/distribution';
import { type Axis, axisOf, type Stretch, shareOn, type Values, weightOn } from '../../charts/histogram/domain';
import { type AxisView, wholeAxis, zoomedAxis } from './axisView';

/** The axis as it is zoomed and moved. */
export interface ShownAxis {
  readonly values: Values;
  /** All of it. */
  readonly stretch: Stretch;
  readonly view: AxisView;
  /** Without what a few outliers would stretch it to. */
  readonly home: AxisView;
  set(change: (view: AxisView) => AxisView): void;
}

/** Begins anew with other layers, other scores, and another scale. @param title of the scores */
export function useAxisView(distribution: Distribution, values: Values, title: string | undefined): ShownAxis {
  const key = [values, title, ...distribution.layers.map(({ id }) => id)].join();
  const [held, setHeld] = useState<{ readonly key: string; readonly view: AxisView } | null>(null);
  const { stretch, home } = useMemo(() => {
    const whole = distribution.stretch(values);
    return { stretch: whole, home: homeOf(distribution, values, whole) };
  }, [distribution, values]);
  return {
    values,
    stretch,
    home,
    view: held?.key === key ? held.view : home,
    set: (change) => setHeld((before) => ({ key, view: change(before?.key === key ? before.view : home) })),
  };
}

function homeOf({ centralRadius, radius }: Distribution, values: Values, stretch: Stretch): AxisView {
  if (values === 'log' || centralRadius >= radius) return wholeAxis;
  const end = shareOn(stretch, centralRadius);
  return { start: values === 'signed' ? 1 - end : 0, end };
}

/** The part that is shown, so many pixels wide. */
export function axisShown({ values, stretch, view }: ShownAxis, width: number): Axis {
  return axisOf(values, weightOn(stretch, view.start), weightOn(stretch, view.end), width);
}

/** What a button or a key zooms by. */
export const zoomStep = 2;

/** A zoom in the middle of what is shown, or at the handle where that is in sight. @param handle its weight */
export function zoomAt({ stretch, view }: ShownAxis, handle: number | undefined): number {
  const place = handle === undefined ? undefined : shareOn(stretch, handle);
  return place !== undefined && place >= view.start && place <= view.end ? place : (view.start + view.end) / 2;
}

/** Zooms the axis in, out (a factor below 1), or back to where it began (0). */
export function zoomAxis(shown: ShownAxis, factor: number, handle: number | undefined): void {
  const at = zoomAt(shown, handle);
  shown.set((view) => (factor === 0 ? shown.home : zoomedAxis(view, factor, at)));
}
