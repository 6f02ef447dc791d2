import { useComputedColorScheme } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { found } from '../../../lib/known';
import type { Picture, Region } from '../../../state/pictureSlice';
import { cellsUnder } from './cells';
import { type Palette, paletteOf } from './colours';
import { maskColours, paint, weightColours } from './paint';
import { axesOf } from './pictureAxes';
import type { PictureShape } from './pictureWords';
import classes from './WeightMap.module.css';

interface MapCanvasProps {
  readonly kind: 'weights' | 'mask';
  readonly label: string;
  readonly picture: Picture | undefined;
  readonly strongest: number;
  readonly shape: PictureShape;
  readonly region: Region;
  /** In pixels of the page. */
  readonly height: number;
}

/** Pixels of the page from one stripe to the next. */
const stripes = 7;

/** Draws the part of the picture that is shown; of a picture of another part, what the two have in common. */
export function MapCanvas({ kind, label, picture, strongest, shape, region, height }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: measure, width } = useElementSize<HTMLCanvasElement>();
  const scheme = useComputedColorScheme('light');
  const [palette, setPalette] = useState<Palette>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of the page change with its scheme
  useLayoutEffect(() => setPalette(paletteOf(found(canvas.current, 'a canvas'))), [scheme]);
  const colours = useMemo(() => {
    if (!picture || !palette) return undefined;
    return (kind === 'weights' ? weightColours : maskColours)(picture.cells, strongest, palette);
  }, [kind, picture, strongest, palette]);

  useLayoutEffect(() => {
    if (!picture || !colours || !palette || width === 0) return;
    const element = found(canvas.current, 'a canvas');
    const context = found(element.getContext('2d'), 'something to draw on');
    const ratio = window.devicePixelRatio;
    const pixels = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    // Setting its size clears a canvas and takes new memory, even where it is the same.
    if (element.width !== pixels.width || element.height !== pixels.height) Object.assign(element, pixels);
    const { rows, columns } = axesOf(picture);
    const image = context.createImageData(pixels.width, pixels.height);
    paint(
      new Uint32Array(image.data.buffer),
      colours,
      cellsUnder(rows, region.top, region.bottom, pixels.height, shape.down.period),
      cellsUnder(columns, region.left, region.right, pixels.width, shape.across.period),
      picture.cells.columns,
      palette,
      Math.round(stripes * ratio),
    );
    context.putImageData(image, 0, 0);
  }, [picture, colours, palette, region, shape, width, height]);

  return <canvas ref={useMergedRef(canvas, measure)} className={classes.canvas} role="img" aria-label={label} />;
}
