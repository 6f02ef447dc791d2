/** Where an input that takes images has their height, width and channels. */
import type { Dimension, GraphValue, ImagePreprocessing } from '../protocol';
import { rolesOf } from './axes';

type Layout = ImagePreprocessing['layout'];

const axesOf = {
  NCHW: { channels: 1, height: 2, width: 3 },
  NHWC: { height: 1, width: 2, channels: 3 },
} as const;

/** As the graph has it. */
export function layoutOf(input: GraphValue): Layout {
  return rolesOf(input)[axesOf.NHWC.channels] === 'channels' ? 'NHWC' : 'NCHW';
}

/** The sizes of each, as the graph gives them. */
export function sidesOf({ shape = [] }: GraphValue, layout: Layout) {
  const axes = axesOf[layout];
  const side = (axis: number): Dimension => shape[axis] ?? '';
  return { axes, height: side(axes.height), width: side(axes.width), channels: side(axes.channels) };
}
