/** Widths of text in the font of the page. */

let context: CanvasRenderingContext2D | null | undefined;

/** In pixels; 0 where nothing can be measured. */
export function textWidth(text: string): number {
  if (context === undefined) {
    context = document.createElement('canvas').getContext('2d');
    const { fontSize, fontFamily } = getComputedStyle(document.body);
    if (context) context.font = `${fontSize} ${fontFamily}`;
  }
  return context?.measureText(text).width ?? 0;
}
