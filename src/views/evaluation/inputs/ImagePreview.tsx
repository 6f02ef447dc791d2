import { useEffect, useRef, useState } from 'react';
import { imagePlacement, type Size } from '../../../lib/imagePlacement';
import type { GraphValue, ImagePreprocessing } from '../../../state/evaluation';
import { colourOfZero, frameFor } from '../../../state/imagePreprocessing';
import classes from './ImagePreview.module.css';

interface ImagePreviewProps {
  readonly file: File;
  readonly preprocessing: ImagePreprocessing;
  readonly inputs: readonly GraphValue[];
}

/** The first image as the model sees it: its part, its proportions, the order of its colours, and what is around it. */
export function ImagePreview({ file, preprocessing, inputs }: ImagePreviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [unreadable, setUnreadable] = useState(false);
  const [size, setSize] = useState<Size>();
  const { width = 0, height = 0, widens = false } = frameFor(inputs, preprocessing) ?? {};
  const { resize, channels } = preprocessing;
  const behind = resize === 'pad' ? 'black' : colourOfZero(preprocessing);
  useEffect(() => {
    let isOld = false;
    const draw = async () => {
      const image = await createImageBitmap(file);
      const context = canvas.current?.getContext('2d', { willReadFrequently: true });
      if (!isOld && context && width > 0) {
        const { from, to, into } = imagePlacement(image, { width, height, widens }, resize);
        Object.assign(context.canvas, into);
        context.imageSmoothingQuality = 'high';
        context.fillStyle = behind;
        context.fillRect(0, 0, into.width, into.height);
        const { left, top } = from;
        context.drawImage(image, left, top, from.width, from.height, to.left, to.top, to.width, to.height);
        context.putImageData(inOrder(context.getImageData(0, 0, into.width, into.height), channels), 0, 0);
        setSize(into);
      }
      image.close();
    };
    draw().then(
      () => !isOld && setUnreadable(false),
      () => !isOld && setUnreadable(true),
    );
    return () => {
      isOld = true;
    };
  }, [file, width, height, widens, resize, channels, behind]);
  if (width === 0) return null;
  const order = channels === 'BGR' ? ', blue first' : '';
  return (
    <figure className={classes.preview}>
      <canvas ref={canvas} role="img" aria-label={`${file.name} as the model sees it`} />
      <figcaption>
        {unreadable
          ? `${file.name} is no image that this browser can read.`
          : `${file.name} as the model sees it${size ? `: ${size.width} × ${size.height}${order}` : ''}`}
      </figcaption>
    </figure>
  );
}

/** Colours in the place where the model takes them to be. */
function inOrder(image: ImageData, channels: ImagePreprocessing['channels']): ImageData {
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    if (channels === 'grey') data.fill(grey, at, at + 3);
    if (channels === 'BGR') data.set([blue, green, red], at);
  }
  return image;
}
