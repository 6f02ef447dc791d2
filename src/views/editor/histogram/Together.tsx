import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { formatQuantity } from '../../../lib/numbers';
import type { MeasuredLayer } from '../../../state/reach';
import type { EditScope } from '../../../state/selectionSlice';
import { Distribution } from '../../charts/histogram/distribution';
import { mostOverlaid, type Overlaid, OverlaidLegend } from '../../charts/histogram/OverlaidBars';
import type { PlaceableScores } from '../../parts/scores/shownScores';
import classes from './DistributionCard.module.css';

/** The sum of all, or each over the others: by how many weights there are, or by their share of the layer. */
export type Together = 'sum' | 'count' | 'share';

/** How several selected layers are drawn, and what over each other. No choice where there are not a few of them. */
export function useTogether(
  layers: readonly MeasuredLayer[],
  scope: EditScope,
  placeable: PlaceableScores | undefined,
) {
  const [chosen, choose] = useState<Together>('sum');
  const isFew = scope === 'selected' && layers.length > 1 && layers.length <= mostOverlaid;
  const choice = isFew ? chosen : undefined;
  const each = useMemo<readonly Overlaid[] | undefined>(() => {
    if (choice === undefined || choice === 'sum') return undefined;
    return layers.map((layer, i) => {
      const scores = placeable?.tensors[i];
      return { name: layer.name, distribution: new Distribution([layer], scores && [scores]) };
    });
  }, [choice, layers, placeable]);
  return { choice, choose, overlaid: each && { each, isNormalised: choice === 'share' } };
}

interface TogetherToolsProps {
  readonly choice: Together;
  choose(choice: Together): void;
  readonly overlaid: readonly Overlaid[] | undefined;
}

export function TogetherTools({ choice, choose, overlaid }: TogetherToolsProps) {
  return (
    <>
      <span className={classes.choice}>
        <span>selected layers</span>
        <SegmentedControl<Together>
          size="xs"
          aria-label="Selected layers"
          value={choice}
          onChange={choose}
          data={[
            { value: 'sum', label: 'added up' },
            { value: 'count', label: 'over each other' },
            { value: 'share', label: 'normalised' },
          ]}
        />
      </span>
      {overlaid && <OverlaidLegend overlaid={overlaid} about={({ count }) => formatQuantity(count, 'value')} />}
    </>
  );
}
