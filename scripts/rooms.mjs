/**
 * Import directions, as part of `npm run test:lint`: arrows among rooms only as the table in docs/architecture.md has them, none
 * between areas of the screen, and no circle, of types neither.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { root } from './run.mjs';

/** Folders of `views/` that every area may import from. Their own arrows go to each other. */
const shared = ['parts', 'charts', 'theme'];

/** A relative specifier of an import, an export, a worker's address or a rule of a style sheet. */
const specifier = /(?:\bfrom\s|\bimport\s|\bimport\(|\bnew URL\()\s*(['"])(\.{1,2}\/[^'"?]*)(?:\?[^'"]*)?\1/g;

/**
 * @param {string} text of docs/architecture.md
 * @returns {Map<string, Set<string>>} by room: which others it may import
 */
export function roomsOf(text) {
  const rows = text.matchAll(/^\| `(\w+)\/` \|.*\| ([a-zA-Z, ]+) \|$/gm);
  return new Map([...rows].map(([, room, may]) => [room, new Set(may === 'nothing' ? [] : may.split(', '))]));
}

/**
 * @param {ReadonlyMap<string, string>} files text by path (`src/lib/errors.ts`)
 * @param {ReadonlyMap<string, ReadonlySet<string>>} rooms
 * @returns {string[]} a sentence for every wrong arrow and every circle
 */
export function violations(files, rooms) {
  const imports = new Map([...files].map(([path, text]) => [path, importsOf(path, text, files)]));
  const wrong = [...rooms]
    .flatMap(([room, may]) => [...may].filter((other) => !rooms.has(other)).map((other) => [room, other]))
    .map(([room, other]) => `docs/architecture.md lets ${room}/ import ${other}/, which is no room.`);
  for (const [from, targets] of imports) {
    for (const to of targets) {
      const why = whyWrong(from, to, rooms);
      if (why) wrong.push(`${from} imports ${to}: ${why}.`);
    }
  }
  return [...wrong, ...circlesIn(imports).map((circle) => `A circle: ${circle.join(' → ')}.`)];
}

/** Paths that a file imports; those that end in no known file keep what the import says. */
function importsOf(path, text, files) {
  return [...text.matchAll(specifier)].map(([, , relative]) => {
    const target = join(dirname(path), relative).replaceAll('\\', '/');
    return [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find((each) => files.has(each)) ?? target;
  });
}

function whyWrong(from, to, rooms) {
  const [, room, area] = from.split('/');
  const [source, other, otherArea] = to.split('/');
  // The page's entry puts all together.
  if (source !== 'src' || !isFolder(from, 1)) return undefined;
  const may = rooms.get(room);
  if (!may) return `${room}/ is not in the table of docs/architecture.md`;
  if (room !== other) return may.has(other) ? undefined : `${room}/ may import ${[...may].join(', ') || 'nothing'}`;
  if (room !== 'views' || !isFolder(from, 2) || area === otherArea) return undefined;
  return shared.includes(otherArea)
    ? undefined
    : `an area of the screen knows no other; what they share lies in ${shared.join(', ')}`;
}

/** Whether the part of a path at a position is a folder. */
function isFolder(path, position) {
  return path.split('/').length > position + 1;
}

/** One circle for every knot of files that import each other. */
function circlesIn(imports) {
  const circles = [];
  const over = new Set();
  for (const start of imports.keys()) {
    if (over.has(start)) continue;
    const circle = circleThrough(start, imports);
    if (circle) circles.push(circle);
    for (const path of circle ?? []) over.add(path);
  }
  return circles;
}

/** The shortest way from a file back to itself. */
function circleThrough(start, imports) {
  const cameFrom = new Map();
  const queue = [start];
  for (const path of queue) {
    for (const next of imports.get(path) ?? []) {
      if (next === start) {
        const way = [start];
        for (let at = path; at !== start; at = cameFrom.get(at)) way.unshift(at);
        return [start, ...way];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return undefined;
}

function sources() {
  const paths = readdirSync(join(root, 'src'), { recursive: true }).map((path) => `src/${path.replaceAll('\\', '/')}`);
  const own = paths.filter((path) => /\.(tsx?|css)$/.test(path) && !path.startsWith('src/kernels/wasm/assembly/'));
  return new Map(own.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const found = violations(sources(), roomsOf(readFileSync(join(root, 'docs/architecture.md'), 'utf8')));
  for (const each of found) console.error(each);
  if (found.length > 0) process.exitCode = 1;
  else console.log('Imports go the ways of docs/architecture.md, in no circle.');
}
