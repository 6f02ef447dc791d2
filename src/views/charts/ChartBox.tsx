import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './ChartBox.module.css';

export interface Size {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

interface ChartBoxProps {
  /** As high as there is room for on the screen: low beside others, tall alone. Absent: as high as what it stands in. */
  readonly size?: 'low' | 'tall';
  /** @param size of the whole chart, axes included */
  readonly children: (size: Size) => ReactNode;
}

/** Room for a chart; what is drawn in it knows how large it is. */
export function ChartBox({ size, children }: ChartBoxProps) {
  const { ref, width, height } = useElementSize();
  return (
    <div ref={ref} className={classes.box} data-size={size}>
      {width > 0 && height > 0 && children({ width, height })}
    </div>
  );
}
