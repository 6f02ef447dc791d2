import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { ComposedChart, ReferenceLine } from 'recharts';
import { formatPercent } from '../../lib/numbers';
import { metrics, referenceValue } from '../../state/metrics';
import type { Snapshot } from '../../state/snapshots';
import { studio, useStudio } from '../../state/store';
import { AmountAxis, GridLines, SparsityAxis, ValueAxis } from '../charts/axes';
import { ChartBox } from '../charts/ChartBox';
import { dashedLine } from '../charts/lines';
import { type PlotPoint, PlotPoints } from '../charts/PlotPoints';
import { drawnAt, qualityDomain } from '../charts/qualityScale';
import { roundTicks } from '../charts/ticks';
import { metricText } from '../parts/quality/metricText';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { type Across, acrosses } from './across';
import classes from './SnapshotPlot.module.css';
import { qualityIn, useCurrentSnapshot } from './snapshotFigures';

const margin = { top: 8, right: 24, bottom: 0, left: 0 };

/** Quality of every snapshot against what it was paid for with. */
export function SnapshotPlotCard() {
  const [chosen, choose] = useState<Across>('sparsity');
  const snapshots = useStudio((state) => state.snapshots);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs?.title);
  // Figures on other inputs are no figures of the same thing.
  const ofInputs = inputs ?? snapshots.findLast(({ quality }) => quality)?.quality?.inputs;
  const comparable = useMemo(
    () => snapshots.filter((each) => each.quality?.inputs === ofInputs && qualityIn(each, metric) !== undefined),
    [snapshots, ofInputs, metric],
  );
  const offered = (Object.keys(acrosses) as Across[]).filter((id) =>
    comparable.some((each) => acrosses[id].of(each) !== undefined),
  );
  const across = offered.includes(chosen) ? chosen : 'sparsity';
  if (comparable.length === 0) return null;
  return (
    <section className={classes.card} aria-label={`${metrics[metric].label} of snapshots`}>
      <div className={classes.heading}>
        <h3 className={classes.title}>{metrics[metric].label} against</h3>
        <SegmentedControl
          size="xs"
          aria-label="Against what"
          value={across}
          onChange={(id) => choose(id as Across)}
          data={offered.map((id) => ({ value: id, label: acrosses[id].label }))}
        />
      </div>
      <div className={classes.plot}>
        <SnapshotPlot snapshots={comparable} across={across} />
      </div>
    </section>
  );
}

function SnapshotPlot({ snapshots, across }: { readonly snapshots: readonly Snapshot[]; readonly across: Across }) {
  const [over, setOver] = useState<HTMLElement | null>(null);
  const metric = useEvaluation((state) => state.metric);
  const reference = useEvaluation((state) => state.inputs && referenceValue(state.inputs.baseline, state.metric));
  const pinned = useStudio((state) => state.pinned);
  const current = useCurrentSnapshot();
  const { of, text, axis } = acrosses[across];
  const figures = snapshots.flatMap((snapshot) => {
    const [x, value] = [of(snapshot), qualityIn(snapshot, metric)];
    return x === undefined || value === undefined ? [] : [{ snapshot, x, value }];
  });
  const domain = qualityDomain(
    metric,
    figures.map(({ value }) => value),
    reference ?? undefined,
  );
  const { higherIsBetter, fraction } = metrics[metric];
  const at = (value: number) => drawnAt(value, domain, higherIsBetter);
  const points = figures
    .toSorted((a, b) => a.x - b.x)
    .map(({ snapshot, x, value }, key): PlotPoint => {
      const { id, name, sparsity } = snapshot;
      const says = `${metrics[metric].label} ${metricText(metric, value)}`;
      return {
        key,
        x,
        y: at(value),
        shape: pinned.includes(id) ? 'diamond' : 'circle',
        label: `${name}: ${text(x)}, ${says}: back to it`,
        tip: (
          <>
            <b>{name}</b>
            <span>
              {says} · {text(x)}
              {across !== 'sparsity' && sparsity !== undefined && ` · ${formatPercent(sparsity)} sparsity`}
            </span>
          </>
        ),
        isCurrent: id === current,
        onChoose: () => id !== current && studio.getState().backTo(id),
      };
    });
  const most = Math.max(...figures.map(({ x }) => x), 0);
  return (
    <ChartBox
      title="Snapshots"
      rows={() => [
        ['name', across, metrics[metric].label],
        ...figures.map(({ snapshot, x, value }) => [snapshot.name, x, value]),
      ]}
    >
      {({ width, height }) => (
        <>
          <ComposedChart width={width} height={height} margin={margin} accessibilityLayer={false} data={points}>
            <GridLines />
            {axis ? (
              <AmountAxis dataKey="x" most={most} count={width < 280 ? 2 : 4} text={axis} />
            ) : (
              <SparsityAxis dataKey="x" isNarrow={width < 280} />
            )}
            <ValueAxis
              {...domain}
              ticks={roundTicks(domain.low, domain.high, height < 160 ? 2 : 4)}
              inPercent={fraction}
            />
            {typeof reference === 'number' && <ReferenceLine y={at(reference)} {...dashedLine} />}
            <PlotPoints label="Snapshots" points={points} over={over} />
          </ComposedChart>
          <div ref={setOver} className={classes.over} />
        </>
      )}
    </ChartBox>
  );
}
