/** The texts of an element that are its own, line by line, as SVG writes them. */

export interface PlacedText {
  readonly text: string;
  /** Of the line's beginning on its baseline, in pixels of the page. */
  readonly x: number;
  readonly y: number;
  /** Turned by a quarter around that place. */
  readonly isUpwards?: boolean;
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
  const nodes = [...element.childNodes].filter((node): node is Text => node instanceof Text && node.data.trim() !== '');
  if (style.writingMode !== 'horizontal-tb') return nodes.map((node) => upwards(node, size, attributes));
  return nodes
    .flatMap(linesOf)
    .map(({ text, box }) => ({ text, x: box.left, y: box.top + box.height / 2 + baseline * size, attributes }));
}

/** Down the side of a picture. */
function upwards(node: Text, size: number, attributes: PlacedText['attributes']): PlacedText {
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2 + baseline * size, box.top + box.height / 2];
  return { text: node.data.trim(), x, y, isUpwards: true, attributes: { ...attributes, 'text-anchor': 'middle' } };
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
    const isSpace = node.data.charAt(i).trim() === '';
    // Programs that read SVG leave spaces out where a text begins.
    if (isSpace && !(line && Math.abs(line.box.top - box.top) < box.height / 2)) continue;
    if (line && Math.abs(line.box.top - box.top) < box.height / 2) line.text += node.data.charAt(i);
    else lines.push({ text: node.data.charAt(i), box });
  }
  return lines.map(({ text, box }) => ({ text: text.replaceAll(/\s+/g, ' ').trimEnd(), box }));
}
