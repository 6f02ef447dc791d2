/** Which part of a tensor's picture is shown, and how gestures move it. Lengths are in elements of the picture. */
import type { Region } from '../../../state/pictureSlice';

export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

export interface Viewport {
  /** How many times the whole picture, 1 or more. */
  readonly zoom: number;
  /** The centre. */
  readonly row: number;
  readonly column: number;
}

/** A place in what is shown, 0 to 1 from its left and top edge. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** As few rows and columns are shown at the largest zoom, where there are as many. */
const leastExtent = 6;

export const centre: Point = { x: 0.5, y: 0.5 };

export function wholeOf({ height, width }: PictureSize): Viewport {
  return { zoom: 1, row: height / 2, column: width / 2 };
}

/** What is shown: within the picture, its edges not on whole elements. */
export function regionOf({ zoom, row, column }: Viewport, { height, width }: PictureSize): Region {
  const [rows, columns] = [extent(height, zoom), extent(width, zoom)];
  const top = within(row - rows / 2, 0, height - rows);
  const left = within(column - columns / 2, 0, width - columns);
  return { top, bottom: top + rows, left, right: left + columns };
}

/** Zooms by a factor; what is at the point stays there, as far as the edges allow. */
export function zoomed(viewport: Viewport, size: PictureSize, factor: number, at: Point = centre): Viewport {
  const zoom = within(viewport.zoom * factor, 1, largestZoom(size));
  const { top, bottom, left, right } = regionOf(viewport, size);
  const row = top + at.y * (bottom - top) + (0.5 - at.y) * extent(size.height, zoom);
  const column = left + at.x * (right - left) + (0.5 - at.x) * extent(size.width, zoom);
  return settled({ zoom, row, column }, size);
}

/** Moves what is shown by a share of its own size, right and down where that is positive. */
export function panned(viewport: Viewport, size: PictureSize, by: Point): Viewport {
  const { zoom, row, column } = viewport;
  const moved = {
    zoom,
    row: row + by.y * extent(size.height, zoom),
    column: column + by.x * extent(size.width, zoom),
  };
  return settled(moved, size);
}

/** The whole elements that a region touches. */
export function wholeElements({ top, bottom, left, right }: Region): Region {
  return { top: Math.floor(top), bottom: Math.ceil(bottom), left: Math.floor(left), right: Math.ceil(right) };
}

export function largestZoom({ height, width }: PictureSize): number {
  return Math.max(1, Math.max(height, width) / leastExtent);
}

function extent(size: number, zoom: number): number {
  return Math.max(size / zoom, Math.min(size, leastExtent));
}

/** The same part with its centre where it is shown: away from an edge it moves at once. */
function settled(viewport: Viewport, size: PictureSize): Viewport {
  const { top, bottom, left, right } = regionOf(viewport, size);
  return { zoom: viewport.zoom, row: (top + bottom) / 2, column: (left + right) / 2 };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
