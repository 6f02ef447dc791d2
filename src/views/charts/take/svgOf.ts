/**
 * What is on the screen as an SVG file of its own: drawn charts with the colours they have there, the texts around them, lines
 * and boxes, and pictures made of pixels. Buttons, fields and tips stay behind.
 */
import { found } from '../../../lib/known';
import { drawnCopy, plainColour, referredTo } from './drawnCopy';
import { textsOf } from './texts';

export interface TakenPicture {
  readonly svg: string;
  /** In pixels of the page. */
  readonly width: number;
  readonly height: number;
}

const namespace = 'http://www.w3.org/2000/svg';
const xhtml = 'http://www.w3.org/1999/xhtml';

/** Pixels around what is taken. */
const border = 8;

export function svgOf(root: Element): TakenPicture {
  const frame = extentOf(root);
  const width = Math.ceil(frame.width) + 2 * border;
  const height = Math.ceil(frame.height) + 2 * border;
  const svg = document.createElementNS(namespace, 'svg');
  setAll(svg, { xmlns: namespace, width, height, viewBox: `0 0 ${width} ${height}` });
  const ground = svg.appendChild(rectangle(0, 0, width, height));
  ground.setAttribute('fill', groundOf(root));
  const origin = { x: frame.x - border, y: frame.y - border };
  draw(root, svg, origin);
  const definitions = document.createElementNS(namespace, 'defs');
  for (const definition of referredTo(svg)) definitions.append(definition);
  svg.prepend(definitions);
  return { svg: new XMLSerializer().serializeToString(svg), width, height };
}

/** Where things are drawn from, on the page. */
interface Origin {
  readonly x: number;
  readonly y: number;
}

/** With what hangs over its edges: the labels of an axis do. */
function extentOf(root: Element): DOMRect {
  const boxes = [root, ...root.querySelectorAll('svg, canvas, div, span')]
    .filter((element) => isDrawn(element) && !isLeftOut(element))
    .map((element) => element.getBoundingClientRect())
    .filter((box) => box.width > 0 && box.height > 0);
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return new DOMRect(left, top, right - left, bottom - top);
}

function draw(element: Element, into: SVGElement, origin: Origin): void {
  if (!isDrawn(element) || isLeftOut(element)) return;
  const box = element.getBoundingClientRect();
  if (element instanceof SVGSVGElement) {
    if (box.width === 0 || box.height === 0) return;
    const copy = drawnCopy(element);
    setAll(copy, { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height });
    into.append(copy);
    return;
  }
  const group = into.appendChild(document.createElementNS(namespace, 'g'));
  if (element instanceof HTMLCanvasElement) {
    const image = group.appendChild(document.createElementNS(namespace, 'image'));
    setAll(image, { ...placeOf(box, origin), href: element.toDataURL(), preserveAspectRatio: 'none' });
    image.setAttribute('style', 'image-rendering: pixelated');
    return;
  }
  const style = getComputedStyle(element);
  if (style.opacity !== '1') group.setAttribute('opacity', style.opacity);
  clip(element, style, group, box, origin);
  drawBox(style, group, box, origin);
  for (const text of textsOf(element, style)) {
    const written = group.appendChild(document.createElementNS(namespace, 'text'));
    const [x, y] = [text.x - origin.x, text.y - origin.y];
    setAll(written, { x, y, ...text.attributes, ...(text.isUpwards && { transform: `rotate(-90 ${x} ${y})` }) });
    written.textContent = text.text;
  }
  for (const child of element.children) draw(child, group, origin);
}

function isDrawn(element: Element): boolean {
  const { display, visibility, clipPath, position } = getComputedStyle(element);
  const isForReaders = position === 'absolute' && clipPath.startsWith('inset(50%');
  return display !== 'none' && visibility === 'visible' && !isForReaders;
}

/** What one does something with, and what is only there while it is pointed at. Marks of a plot are buttons, and are drawn. */
function isLeftOut(element: Element): boolean {
  if (element.matches('button') && element.querySelector('svg[viewBox^="-6.5"]')) return false;
  return element.matches(
    'button, input, select, textarea, label, fieldset, [role=menu], [role=radiogroup], [role=status], [role=tablist], .recharts-tooltip-wrapper, [data-not-taken]',
  );
}

/** The first background behind it that is one. */
function groundOf(element: Element): string {
  for (let at: Element | null = element; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (isVisible(backgroundColor)) return backgroundColor;
  }
  return 'white';
}

function isVisible(colour: string): boolean {
  return colour !== 'transparent' && !/^rgba\(.*, 0\)$/.test(colour);
}

/** Its ground, where that is one colour or the stripes of what is pruned, and its lines. */
function drawBox(style: CSSStyleDeclaration, group: SVGElement, box: DOMRect, origin: Origin): void {
  const isStriped = style.backgroundImage.includes('repeating-linear-gradient');
  const isShaded = !isStriped && style.backgroundImage.startsWith('linear-gradient');
  if ((isVisible(style.backgroundColor) || isStriped || isShaded) && box.width > 0 && box.height > 0) {
    const { x, y, width, height } = placeOf(box, origin);
    const filled = group.appendChild(rectangle(x, y, width, height));
    const shade = isShaded && shadeOf(style.backgroundImage, group);
    filled.setAttribute('fill', isStriped ? 'url(#chart-hatch)' : shade || plainColour(style.backgroundColor));
    const radius = Number.parseFloat(style.borderTopLeftRadius);
    if (radius > 0) filled.setAttribute('rx', String(Math.min(radius, width / 2, height / 2)));
  }
  const [x, y] = [box.x - origin.x, box.y - origin.y];
  const sides = [
    ['Top', x, y, x + box.width, y],
    ['Bottom', x, y + box.height, x + box.width, y + box.height],
    ['Left', x, y, x, y + box.height],
    ['Right', x + box.width, y, x + box.width, y + box.height],
  ] as const;
  for (const [side, x1, y1, x2, y2] of sides) {
    const width = Number.parseFloat(style[`border${side}Width`]);
    const kind = style[`border${side}Style`];
    const colour = style[`border${side}Color`];
    if (!(width > 0) || kind === 'none' || kind === 'hidden' || !isVisible(colour)) continue;
    const line = group.appendChild(document.createElementNS(namespace, 'line'));
    setAll(line, { x1, y1, x2, y2, stroke: colour, 'stroke-width': width });
    if (kind === 'dashed') line.setAttribute('stroke-dasharray', `${3 * width} ${2 * width}`);
  }
}

/** What is named within a picture; several may be pasted into one page. */
let names = 0;

/** A scale of colours, from left to right. */
function shadeOf(image: string, group: SVGElement): string {
  const gradient = group.appendChild(document.createElementNS(namespace, 'linearGradient'));
  gradient.id = `taken-${++names}`;
  const colours = plainColour(image).match(/rgba?\([^)]*\)/g) ?? [];
  colours.forEach((colour, i) => {
    const stop = gradient.appendChild(document.createElementNS(namespace, 'stop'));
    setAll(stop, { offset: i / Math.max(1, colours.length - 1), 'stop-color': colour });
  });
  return `url(#${gradient.id})`;
}

/** A part of an element that shows: the page says how far as `inset(…)`, which is measured as the browser reads it. */
function clip(element: Element, style: CSSStyleDeclaration, group: SVGElement, box: DOMRect, origin: Origin): void {
  const [, inset] = /^inset\((.*)\)$/.exec(style.clipPath) ?? [];
  if (inset === undefined || !(element instanceof HTMLElement)) return;
  const probe = document.createElementNS(xhtml, 'div') as HTMLDivElement;
  probe.style.cssText = `position: fixed; left: 0; top: 0; width: ${box.width}px; height: ${box.height}px; visibility: hidden`;
  const inner = probe.appendChild(document.createElementNS(xhtml, 'div') as HTMLDivElement);
  inner.style.cssText = `position: absolute; inset: ${inset}`;
  document.body.append(probe);
  const [around, shown] = [probe.getBoundingClientRect(), inner.getBoundingClientRect()];
  probe.remove();
  const path = document.createElementNS(namespace, 'clipPath');
  path.id = `taken-${++names}`;
  const { x, y } = placeOf(box, origin);
  path.append(rectangle(x + shown.x - around.x, y + shown.y - around.y, shown.width, shown.height));
  found(group.ownerSVGElement, 'a picture').append(path);
  group.setAttribute('clip-path', `url(#${path.id})`);
}

function placeOf(box: DOMRect, origin: Origin) {
  return { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height };
}

function rectangle(x: number, y: number, width: number, height: number): SVGRectElement {
  const made = document.createElementNS(namespace, 'rect');
  setAll(made, { x, y, width, height });
  return made;
}

function setAll(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);
  }
}
