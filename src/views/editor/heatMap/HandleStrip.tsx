import { type ReactNode, useMemo, useRef } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { layersReached } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import classes from '../../charts/heatMap/WeightMap.module.css';
import { Distribution } from '../../charts/histogram/distribution';
import { Plot } from '../histogram/Plot';
import { useAxisView } from '../histogram/useAxisView';
import { useShownScores } from '../histogram/useShownScores';
import { ThresholdControls } from '../threshold/ThresholdControls';

/** A low histogram with the handle on it, so that the maps can be watched while it is dragged. */
export function HandleStrip({ method }: { readonly method: ReactNode }) {
  // As in the distribution: the committed recipe says which tensors are in.
  const inScope = useStudio(useShallow(layersReached));
  const scores = useShownScores(inScope);
  const placeable = scores.kind === 'placeable' ? scores : undefined;
  const distribution = useMemo(() => new Distribution(inScope, placeable?.tensors), [inScope, placeable]);
  const thresholdField = useRef<HTMLInputElement>(null);
  const isSigned = placeable?.sides === 'either' || placeable?.sides === 'signed';
  const shown = useAxisView(distribution, isSigned ? 'signed' : 'magnitude', placeable?.title);
  if (!inScope.some(({ statistics }) => statistics.count > statistics.nan + statistics.inf)) return null;
  return (
    <div className={classes.handle}>
      {placeable && (
        <Plot
          distribution={distribution}
          shown={shown}
          log={false}
          placeable={placeable}
          thresholdField={thresholdField}
        />
      )}
      <ThresholdControls
        layers={inScope}
        scores={scores}
        floor={distribution.floor(placeable?.ranking ?? 'magnitude')}
        disabled={false}
        method={method}
        thresholdField={thresholdField}
      />
    </div>
  );
}
