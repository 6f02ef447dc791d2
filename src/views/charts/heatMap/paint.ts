/** A picture's cells as pixels. */
import type { Preview } from '../../../state/pictureSlice';
import type { Palette, Rgb } from './colours';

export interface CellColours {
  /** Of each cell, as one opaque pixel. */
  readonly kept: Uint32Array;
  /** The share of each cell's weights that are kept; absent: all are drawn so. */
  readonly shares?: Float32Array;
}

/** Kept weights of the mask start here on the scale: even the smallest ones are blue. */
const leastKept = 0.3;

/** @param strongest the magnitude of the scale's end */
export function weightColours({ magnitudes }: Preview, strongest: number, { scale }: Palette): CellColours {
  return { kept: scaled(magnitudes, strongest, scale) };
}

/** As those of the weights, to be striped in the share that is pruned. */
export function maskColours({ magnitudes, kept }: Preview, strongest: number, { scale }: Palette): CellColours {
  const keptScale = scale.slice(Math.round(leastKept * scale.length));
  return { kept: scaled(magnitudes, strongest, keptScale), shares: kept };
}

/**
 * Diagonal stripes, as wide as the share that is pruned, in two colours: the wider they get, the more of them is pale.
 *
 * @param target of rows.length × columns.length pixels
 * @param rows the cell row under each row of pixels, -1 where there is none
 * @param stripes pixels from one stripe to the next
 */
export function paint(
  target: Uint32Array,
  { kept, shares }: CellColours,
  rows: Int32Array,
  columns: Int32Array,
  cellColumns: number,
  palette: Pick<Palette, 'pruned' | 'stripe' | 'empty'>,
  stripes: number,
): void {
  const width = columns.length;
  const [pruned, stripe, empty] = [pixelOf(palette.pruned), pixelOf(palette.stripe), pixelOf(palette.empty)];
  const phases = Float32Array.from({ length: stripes }, (_, pixel) => pixel / stripes);
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y]! * cellColumns;
    const into = y * width;
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      if (row < 0 || column < 0) {
        target[into + x] = empty;
        continue;
      }
      const cell = row + column;
      const phase = phases[(x + y) % stripes]!;
      if (shares === undefined || phase >= 1 - shares[cell]!) target[into + x] = kept[cell]!;
      else target[into + x] = phase < stripeShare ? stripe : pruned;
    }
  }
}

/** Of what is all pruned. */
const stripeShare = 0.4;

function scaled(magnitudes: Float32Array, strongest: number, scale: readonly Rgb[]): Uint32Array {
  const pixels = Uint32Array.from(scale, pixelOf);
  const perMagnitude = strongest === 0 ? 0 : (pixels.length - 1) / strongest;
  const colours = new Uint32Array(magnitudes.length);
  for (let cell = 0; cell < colours.length; cell++) {
    colours[cell] = pixels[Math.min(pixels.length - 1, Math.round(magnitudes[cell]! * perMagnitude))]!;
  }
  return colours;
}

/** As a canvas has it in memory: red first, and every machine that runs browsers is little-endian. */
export function pixelOf([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
