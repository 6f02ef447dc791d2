import { type PointerEvent, useRef } from 'react';
import { extentOf, isWhole, pannedAxis } from './axisView';
import classes from './Plot.module.css';
import type { ShownAxis } from './useAxisView';

/** Over the figures below the plot: drag to move what is shown, double-click for the axis as it began. */
export function AxisGrip({ shown, width }: { readonly shown: ShownAxis; readonly width: number }) {
  const pointer = useRef<number | null>(null);
  const release = () => {
    pointer.current = null;
  };
  return (
    <div
      className={classes.axisGrip}
      data-movable={!isWhole(shown.view)}
      title={extentOf(shown.view) === extentOf(shown.home) ? undefined : 'Drag to move, double-click to reset'}
      aria-hidden="true"
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        if (event.button !== 0 || !event.isPrimary) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pointer.current = event.clientX;
      }}
      onPointerMove={({ clientX }) => {
        const { current } = pointer;
        if (current === null || width === 0) return;
        pointer.current = clientX;
        shown.set((view) => pannedAxis(view, (current - clientX) / width));
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={() => shown.set(() => shown.home)}
    />
  );
}
