/** How an image of one size becomes one of another. */

/** `crop`: the shorter side is scaled to fit and the middle cut out. `pad`: all of it fits, with black on both sides. */
export type Resize = 'crop' | 'stretch' | 'pad';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which part of the image is drawn, and where: as `drawImage` takes them. */
export function imagePlacement(image: Size, into: Size, resize: Resize): { readonly from: Box; readonly to: Box } {
  const whole = (size: Size): Box => ({ left: 0, top: 0, width: size.width, height: size.height });
  if (resize === 'stretch') return { from: whole(image), to: whole(into) };
  if (resize === 'crop') return { from: middleOf(image, into), to: whole(into) };
  return { from: whole(image), to: middleOf(into, image) };
}

/** The largest part of `of` that has the proportions of `like`, from its middle. */
function middleOf(of: Size, like: Size): Box {
  const scale = Math.min(of.width / like.width, of.height / like.height);
  const [width, height] = [like.width * scale, like.height * scale];
  return { left: (of.width - width) / 2, top: (of.height - height) / 2, width, height };
}
