import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { found } from '../../lib/known';
import classes from './ChartBox.module.css';
import { TakeMenu } from './take/TakeMenu';
import type { Taken } from './take/useTakeable';

export interface Size {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

interface ChartBoxProps {
  /** As high as there is room for on the screen: low beside others, tall alone. Absent: as high as what it stands in. */
  readonly size?: 'low' | 'tall';
  /** What its files are called. */
  readonly title?: string;
  /** What it shows, as a table, the names of the columns first. */
  readonly rows?: Taken['rows'];
  /** @param size of the whole chart, axes included */
  readonly children: (size: Size) => ReactNode;
}

/**
 * Room for a chart; what is drawn in it knows how large it is. It can be taken away as a picture: with what stands in the
 * card around it, where that says `data-picture`.
 */
export function ChartBox({ size, title = 'Chart', rows, children }: ChartBoxProps) {
  const { ref: measure, width, height } = useElementSize<HTMLDivElement>();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = found(box.current, 'the box of the chart');
    const observer = new MutationObserver(() => skipLayers(element));
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={useMergedRef(box, measure)} className={classes.box} data-size={size}>
      {width > 0 && height > 0 && children({ width, height })}
      <TakeMenu
        title={title}
        rows={rows}
        picture={() => box.current && (box.current.closest('[data-picture]') ?? box.current)}
        floats
      />
    </div>
  );
}

/** Recharts stacks what it draws in groups that listen to focus, which makes them stops of the Tab key that show nothing. */
function skipLayers(box: Element): void {
  for (const layer of box.querySelectorAll('g[class*="recharts-zIndex-layer"]:not([tabindex])')) {
    layer.setAttribute('tabindex', '-1');
  }
}
