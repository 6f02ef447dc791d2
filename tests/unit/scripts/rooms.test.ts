import { describe, expect, it } from 'vitest';
import { roomsOf, violations } from '../../../scripts/rooms.mjs';

const rooms = roomsOf(
  [
    '| folder | holds | may import |',
    '|---|---|---|',
    '| `lib/` | readers (`calls/`), numbers | nothing |',
    '| `engine/` | passes | lib |',
    '| `views/` | React | lib, engine |',
  ].join('\n'),
);

/** @param imports what each file holds, by path below src/ */
function found(files: Readonly<Record<string, string>>): string[] {
  return violations(new Map(Object.entries(files).map(([path, text]) => [`src/${path}`, text])), rooms);
}

describe('import directions', () => {
  it('are read from the table of rooms', () => {
    expect([...rooms]).toEqual([
      ['lib', new Set()],
      ['engine', new Set(['lib'])],
      ['views', new Set(['lib', 'engine'])],
    ]);
  });

  it('that the table has are no fault, nor what comes from packages', () => {
    const files = {
      'main.tsx': "import { App } from './views/App';",
      'views/App.tsx': "import { a } from './editor/a';\nimport { useState } from 'react';",
      'views/editor/a.tsx': "import { at } from '../../lib/at';\nimport '../parts/field.module.css';",
      'views/parts/field.module.css': '.a { composes: b from "../theme/b.css"; }',
      'lib/at.ts': '',
    };
    expect(found(files)).toEqual([]);
  });

  it.each([
    ['an import', "import { run } from '../engine/run';"],
    ['an import over several lines', "import {\n  run,\n  stop,\n} from '../engine/run';"],
    ['a type', "import type { Run } from '../engine/run';"],
    ['an export', "export * from '../engine/run';"],
    ['an import while running', "const run = await import('../engine/run');"],
    ['the address of a worker', "new Worker(new URL('../engine/run.ts', import.meta.url))"],
    ['a file that is a text', "import text from '../engine/run.wgsl?raw';"],
  ])('downwards are found in %s', (_, text) => {
    const [wrong, ...more] = found({ 'lib/at.ts': text, 'engine/run.ts': '' });
    expect(wrong).toMatch(/^src\/lib\/at\.ts imports src\/engine\/run\.\w+: lib\/ may import nothing\.$/);
    expect(more).toEqual([]);
  });

  it('between areas of the screen are found, from what they share, too', () => {
    const files = {
      'views/editor/a.tsx': "import { b } from '../method/b';",
      'views/method/b.tsx': '',
      'views/parts/c.tsx': "import classes from '../method/b.module.css';",
      'views/charts/d.tsx': "import { App } from '../App';",
      'views/App.tsx': '',
    };
    expect(found(files)).toEqual([
      expect.stringContaining('src/views/editor/a.tsx imports src/views/method/b.tsx: an area'),
      expect.stringContaining('src/views/parts/c.tsx imports src/views/method/b.module.css: an area'),
      expect.stringContaining('src/views/charts/d.tsx imports src/views/App.tsx: an area'),
    ]);
  });

  it('in a circle are found, of types alone and through a worker', () => {
    const files = {
      'engine/a.ts': "import type { B } from './b';",
      'engine/b.ts': "const url = new URL('./deep/c.ts', import.meta.url);",
      'engine/deep/c.ts': "import { a } from '../a';",
      'engine/d.ts': "import { a } from './a';",
    };
    expect(found(files)).toEqual([
      'A circle: src/engine/a.ts → src/engine/b.ts → src/engine/deep/c.ts → src/engine/a.ts.',
    ]);
  });

  it('of rooms that the table does not know are found', () => {
    expect(found({ 'attic/a.ts': "import { at } from '../lib/at';", 'lib/at.ts': '' })).toEqual([
      expect.stringContaining('attic/ is not in the table'),
    ]);
    expect(violations(new Map(), new Map([['lib', new Set(['cellar'])]]))).toEqual([
      'docs/architecture.md lets lib/ import cellar/, which is no room.',
    ]);
  });
});
