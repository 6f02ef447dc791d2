/** Drawn things with the looks that stylesheets give them, so that they keep them in a file of their own. */
import { at, found } from '../../../lib/known';

/** What of their looks is said in an SVG file: what is within an element has it, too. */
const looks = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'shape-rendering',
  'paint-order',
] as const;
const looksOfText = ['font-family', 'font-size', 'font-weight', 'text-anchor'] as const;
const isText = (element: Element) => element instanceof SVGTextContentElement;

/** What a chart draws only while it is pointed at. */
const passing = '.recharts-tooltip-cursor, .recharts-active-dot';

export function drawnCopy<Drawn extends SVGElement>(element: Drawn): Drawn {
  const copy = element.cloneNode(true) as Drawn;
  const [originals, copies] = [withAll(element), withAll(copy)];
  const hidden: Element[] = [];
  /** By element: what those within it have without saying so. */
  const said = new Map<Element, ReadonlyMap<string, string>>();
  originals.forEach((original, i) => {
    const made = at(copies, i);
    const style = getComputedStyle(original);
    if (style.display === 'none' || style.visibility === 'hidden' || original.matches(passing)) hidden.push(made);
    const around = i === 0 ? undefined : said.get(found(original.parentElement, 'what a drawing is in'));
    const own = new Map(
      (isText(original) ? [...looks, ...looksOfText] : looks).map((name) => [name, lookOf(style, name)]),
    );
    for (const [name, value] of own) {
      if (around?.get(name) === value) made.removeAttribute(name);
      else made.setAttribute(name, value);
    }
    if (style.opacity !== '1') made.setAttribute('opacity', style.opacity);
    for (const name of ['class', 'style', 'tabindex', 'role', 'data-testid']) made.removeAttribute(name);
    said.set(original, own);
  });
  for (const element of hidden) element.remove();
  return copy;
}

function lookOf(style: CSSStyleDeclaration, name: string): string {
  return plainColour(style.getPropertyValue(name).replaceAll(/url\("([^"]*)"\)/g, 'url($1)'));
}

/** Mixed colours come as `color(srgb …)`, which few programs that read SVG know. */
export function plainColour(value: string): string {
  return value.replaceAll(
    /color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.]+))?\)/g,
    (_, ...parts: string[]) => {
      const [red, green, blue] = parts.slice(0, 3).map((part) => Math.round(255 * Number(part)));
      return parts[3] === undefined ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${parts[3]})`;
    },
  );
}

function withAll(element: Element): Element[] {
  return [element, ...element.querySelectorAll('*')];
}

/** Copies of what it is filled with, or cut by, from elsewhere on the page. */
export function referredTo(drawn: SVGElement): Element[] {
  const text = withAll(drawn)
    .flatMap((element) => [element.getAttribute('fill'), element.getAttribute('clip-path')])
    .join(' ');
  const ids = new Set([...text.matchAll(/url\(#([\w-]+)\)/g)].map((match) => match[1] ?? ''));
  return [...ids].flatMap((id) => {
    if (drawn.querySelector(`#${CSS.escape(id)}`)) return [];
    const definition = document.getElementById(id);
    if (!(definition instanceof SVGElement)) return [];
    const copy = drawnCopy(definition);
    copy.id = id;
    return [copy];
  });
}
