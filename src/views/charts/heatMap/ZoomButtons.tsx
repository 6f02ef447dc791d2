import { ActionIcon } from '@mantine/core';
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { zoomStep } from './useZoomKeys';
import { largestZoom, type PictureSize, type Viewport, wholeOf, zoomed } from './viewport';
import classes from './WeightMap.module.css';

interface ZoomButtonsProps {
  readonly viewport: Viewport;
  readonly size: PictureSize;
  readonly setViewport: (change: (viewport: Viewport) => Viewport) => void;
}

export function ZoomButtons({ viewport, size, setViewport }: ZoomButtonsProps) {
  const isWhole = viewport.zoom === 1;
  const zoom = (factor: number) => setViewport((before) => zoomed(before, size, factor));
  return (
    <>
      <output className={classes.zoom} aria-label="Zoom">
        × {viewport.zoom.toFixed(viewport.zoom < 10 ? 1 : 0)}
      </output>
      <ActionIcon.Group>
        <ActionIcon aria-label="Zoom out" disabled={isWhole} onClick={() => zoom(1 / zoomStep)}>
          <IconMinus size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Zoom in" disabled={viewport.zoom >= largestZoom(size)} onClick={() => zoom(zoomStep)}>
          <IconPlus size={16} />
        </ActionIcon>
        <ActionIcon aria-label="Show all" disabled={isWhole} onClick={() => setViewport(() => wholeOf(size))}>
          <IconMaximize size={16} />
        </ActionIcon>
      </ActionIcon.Group>
    </>
  );
}
