import { type RefObject, useEffect, useEffectEvent } from 'react';
import { found } from '../../../lib/known';
import { extentOf, isWhole, pannedAxis, zoomedAxis } from './axisView';
import type { ShownAxis } from './useAxisView';

/** Wheel turned by this many pixels doubles the zoom. A pinch on a trackpad turns it little. */
const wheelDoubling = { wheel: 240, pinch: 60 };
/** A line of a wheel that counts lines, in pixels. */
const wheelLine = 24;

/** Ctrl and the wheel, or a pinch on a trackpad, zoom where the pointer is; Shift and the wheel, or sideways, move. */
export function useAxisGestures(frame: RefObject<HTMLElement | null>, shown: ShownAxis): void {
  const turn = useEffectEvent((event: WheelEvent) => {
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? wheelLine : 1;
    const area = found(frame.current?.firstElementChild, 'the plot').getBoundingClientRect();
    const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const { view } = shown;
      const at = view.start + ((event.clientX - area.left) / area.width) * extentOf(view);
      // A wheel goes by whole notches; what is finer is a pinch.
      const doubling = Math.abs(event.deltaY) < 50 ? wheelDoubling.pinch : wheelDoubling.wheel;
      shown.set((before) => zoomedAxis(before, 2 ** ((-event.deltaY * lines) / doubling), at));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY) && !isWhole(shown.view)) {
      event.preventDefault();
      shown.set((before) => pannedAxis(before, (sideways * lines) / area.width));
    }
  });
  useEffect(() => {
    const element = found(frame.current, 'the frame of the plot');
    // React listens to wheels passively.
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [frame]);
}
