/** How an image of one size becomes one of another. */

/**
 * `crop`: the shorter side is scaled to fit and the middle cut out. `pad`: all of it fits, with black on both sides. `corner`: all
 * of it fits from the top left on, and nothing is behind. `line`: as high as the model's input and as wide as it then is, with
 * nothing behind where that is less than the width asked for.
 */
export type Resize = 'crop' | 'stretch' | 'pad' | 'corner' | 'line';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What an image is drawn into; a line may be wider than that where `widens`. */
export interface Frame extends Size {
  readonly widens?: boolean;
}

export interface Placement {
  /** Which part of the image is drawn, and where: as `drawImage` takes them. */
  readonly from: Box;
  readonly to: Box;
  /** What it is drawn into. */
  readonly into: Size;
}

export function imagePlacement(image: Size, frame: Frame, resize: Resize): Placement {
  const { width, height } = frame;
  const whole = (size: Size): Box => ({ left: 0, top: 0, width: size.width, height: size.height });
  const into = { width, height };
  switch (resize) {
    case 'stretch':
      return { from: whole(image), to: whole(into), into };
    case 'crop':
      return { from: middleOf(image, into), to: whole(into), into };
    case 'pad':
      return { from: whole(image), to: middleOf(into, image), into };
    case 'corner': {
      const scale = Math.min(width / image.width, height / image.height);
      const to = { width: rounded(image.width * scale), height: rounded(image.height * scale) };
      return { from: whole(image), to: whole(to), into };
    }
    case 'line': {
      const own = rounded((image.width * height) / image.height);
      const to = { width: frame.widens ? own : Math.min(own, width), height };
      return { from: whole(image), to: whole(to), into: { width: Math.max(width, to.width), height } };
    }
  }
}

function rounded(side: number): number {
  return Math.max(1, Math.round(side));
}

/** The largest part of `of` that has the proportions of `like`, from its middle. */
function middleOf(of: Size, like: Size): Box {
  const scale = Math.min(of.width / like.width, of.height / like.height);
  const [width, height] = [like.width * scale, like.height * scale];
  return { left: (of.width - width) / 2, top: (of.height - height) / 2, width, height };
}
