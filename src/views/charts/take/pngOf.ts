import { found } from '../../../lib/known';
import type { TakenPicture } from './svgOf';

/** Pixels of the file to one of the page: sharp in print, too. */
const scale = 2;

/** @throws where the browser cannot draw it */
export async function pngOf({ svg, width, height }: TakenPicture): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: width * scale, height: height * scale });
    const context = found(canvas.getContext('2d'), 'something to draw on');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return found(png, 'a picture');
  } finally {
    URL.revokeObjectURL(url);
  }
}
