import { type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { found } from '../../../lib/known';
import { type PictureSize, type Point, panned, type Viewport, zoomed } from './viewport';

export interface PaneGestures {
  readonly viewport: Viewport;
  readonly size: PictureSize;
  readonly setViewport: (change: (viewport: Viewport) => Viewport) => void;
}

/** Wheel turned by this many pixels doubles the zoom. */
const wheelDoubling = 240;
/** A line of a wheel that counts lines, in pixels. */
const wheelLine = 24;

/** Zooms by wheel and by two fingers, moves by dragging, and says where the mouse is. */
export function usePaneGestures(
  area: RefObject<HTMLElement | null>,
  { viewport, size, setViewport }: PaneGestures,
  setPointed: (point: Point | null) => void,
) {
  const pointers = useRef(new Map<number, Point>());
  const isWhole = viewport.zoom === 1;

  useEffect(() => {
    const element = found(area.current, 'the pane of the picture');
    const turn = (event: WheelEvent) => {
      // A whole picture cannot shrink: the page scrolls on.
      if (isWhole && event.deltaY >= 0) return;
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? wheelLine : 1);
      setViewport((before) => zoomed(before, size, 2 ** (-pixels / wheelDoubling), pointIn(element, event)));
    };
    // React listens to wheels passively.
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, [area, isWhole, size, setViewport]);

  const release = ({ pointerId }: PointerEvent) => pointers.current.delete(pointerId);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, pointIn(event.currentTarget, event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const point = pointIn(event.currentTarget, event);
      setPointed(isInside(point) ? point : null);
      const before = pointers.current.get(event.pointerId);
      if (!before) return;
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      pointers.current.set(event.pointerId, point);
      if (other) {
        const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
        const factor = distance(point, other) / Math.max(0.01, distance(before, other));
        setViewport((shown) => zoomed(shown, size, factor, middle));
      } else {
        setViewport((shown) => panned(shown, size, { x: before.x - point.x, y: before.y - point.y }));
      }
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

function pointIn(
  element: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: (clientX - left) / width, y: (clientY - top) / height };
}

function isInside({ x, y }: Point): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
