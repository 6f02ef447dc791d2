/** Images decoded by the browser, in a worker. */
import { found } from '../../lib/known';
import type { DecodeImage } from '../inputs/images';

export const decodeImage: DecodeImage = async (file, place) => {
  const image = await createImageBitmap(file);
  try {
    const placement = place(image);
    const { from, to, into } = placement;
    const canvas = new OffscreenCanvas(into.width, into.height);
    const context = found(canvas.getContext('2d', { willReadFrequently: true }), 'something to draw on');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, from.left, from.top, from.width, from.height, to.left, to.top, to.width, to.height);
    return { pixels: context.getImageData(0, 0, into.width, into.height).data, placement };
  } finally {
    image.close();
  }
};
