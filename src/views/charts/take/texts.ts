/** The texts of an element that are its own, line by line, as SVG writes them. */

export interface PlacedText {
  readonly text: string;
  /** Of the line's beginning on its baseline, in pixels of the page. */
  readonly x: number;
  readonly y: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** From the middle of a line to its baseline, as a share of the size of the type. */
const baseline = 0.35;

export function textsOf(element: Element, style: CSSStyleDeclaration): PlacedText[] {
  const size = Number.parseFloat(style.fontSize);
  const attributes = {
    fill: style.color,
    'font-family': style.fontFamily,
    'font-size': style.fontSize,
    'font-weight': style.fontWeight,
  };
  return [...element.childNodes]
    .filter((node): node is Text => node instanceof Text && node.data.trim() !== '')
    .flatMap(linesOf)
    .map(({ text, box }) => ({ text, x: box.left, y: box.top + box.height / 2 + baseline * size, attributes }));
}

/** A line ends where the next letter stands lower. */
function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  const lines: { text: string; box: DOMRect }[] = [];
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const [box] = range.getClientRects();
    if (!box) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.box.top - box.top) < box.height / 2) line.text += node.data.charAt(i);
    else lines.push({ text: node.data.charAt(i), box });
  }
  return lines.map(({ text, box }) => ({ text: text.replaceAll(/\s+/g, ' ').trimEnd(), box }));
}
