import type { KeyboardEvent } from 'react';
import { type PictureSize, panned, type Viewport, wholeOf, zoomed } from './viewport';

/** What a button or a key zooms by. */
export const zoomStep = 1.5;
/** The share of what is shown that an arrow key moves it. */
const panStep = 0.15;

const arrows: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -panStep, y: 0 },
  ArrowRight: { x: panStep, y: 0 },
  ArrowUp: { x: 0, y: -panStep },
  ArrowDown: { x: 0, y: panStep },
};

/** `+` and `-` zoom, arrows move, `0` shows all. */
export function useZoomKeys(size: PictureSize, setViewport: (change: (viewport: Viewport) => Viewport) => void) {
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const change = changeFor(event.key, size);
    if (!change) return;
    event.preventDefault();
    setViewport(change);
  };
}

function changeFor(key: string, size: PictureSize): ((viewport: Viewport) => Viewport) | undefined {
  const arrow = arrows[key];
  if (arrow) return (viewport) => panned(viewport, size, arrow);
  switch (key) {
    case '+':
    case '=':
      return (viewport) => zoomed(viewport, size, zoomStep);
    case '-':
      return (viewport) => zoomed(viewport, size, 1 / zoomStep);
    case '0':
      return () => wholeOf(size);
  }
  return undefined;
}
