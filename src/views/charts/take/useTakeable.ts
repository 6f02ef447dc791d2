import { useEffect, useMemo, useRef } from 'react';
import { type CsvCell, csvText } from '../../../lib/csv';
import { found } from '../../../lib/known';
import { download } from '../../../state/download';
import { suffixed } from '../../../state/exporting';
import { studio } from '../../../state/store';
import { type Takeable, type TakenAs, takeables } from '../../../state/takeables';

export interface Taken {
  /** As it is called on the screen; the files are called so, too. */
  readonly title: string;
  /** What it shows, the names of the columns first. Absent: no CSV. */
  readonly rows?: (() => readonly (readonly CsvCell[])[]) | undefined;
  /** What is drawn. Absent: a table. */
  readonly picture?: (() => Element | null) | undefined;
}

/** A chart or a table that can be taken away as a file, from its menu and from the palette. */
export function useTakeable({ title, rows, picture }: Taken): Takeable {
  const now = useRef({ rows, picture });
  useEffect(() => {
    now.current = { rows, picture };
  });
  const [hasRows, hasPicture] = [rows !== undefined, picture !== undefined];
  const takeable = useMemo(
    (): Takeable => ({
      title,
      kinds: [...(hasPicture ? (['PNG', 'SVG'] as const) : []), ...(hasRows ? (['CSV'] as const) : [])],
      take: async (as) => download(await fileOf(as, now.current), nameOf(title, as)),
    }),
    [title, hasRows, hasPicture],
  );
  useEffect(() => takeables.getState().add(takeable), [takeable]);
  return takeable;
}

async function fileOf(as: TakenAs, { rows, picture }: Pick<Taken, 'rows' | 'picture'>): Promise<Blob> {
  if (as === 'CSV') return new Blob([csvText(rows?.() ?? [])], { type: 'text/csv' });
  const { svgOf } = await import('./svgOf');
  const taken = svgOf(found(picture?.(), 'a chart on the screen'));
  if (as === 'SVG') return new Blob([taken.svg], { type: 'image/svg+xml' });
  const { pngOf } = await import('./pngOf');
  return pngOf(taken);
}

/** `resnet.pth`, `Sparsity by layer` → `resnet-sparsity-by-layer.png` */
function nameOf(title: string, as: TakenAs): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return suffixed(studio.getState().checkpoint?.fileName ?? 'secateur', `-${words}`, `.${as.toLowerCase()}`);
}
