import { useMemo } from 'react';
import { Line } from 'recharts';
import type { Evaluation } from '../../../state/evaluation';
import { metrics, metricValue, referenceValue } from '../../../state/metrics';
import type { RoundFigure } from '../../../state/repairState';
import { Legend, LegendEntry } from '../../charts/Legend';
import { prunedLine, repairedLine } from '../../charts/lines';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { type MetricFigure, MetricPlot } from '../plot/MetricPlot';

/** The curve as it grows: what each round pruned, and won back. */
export function RoundsPlot({ figures }: { readonly figures: readonly RoundFigure[] }) {
  const metric = useEvaluation((state) => state.metric);
  const reference = useEvaluation((state) => state.inputs && referenceValue(state.inputs.baseline, state.metric));
  const [pruned, repaired] = useMemo(() => {
    const line = (of: (round: RoundFigure) => Evaluation | undefined): MetricFigure[] =>
      figures.flatMap((round) => {
        const evaluation = of(round);
        const value = evaluation && metricValue(evaluation, metric);
        return value === undefined ? [] : [{ sparsity: round.sparsity, value }];
      });
    return [line((round) => round.pruned), line((round) => round.repaired)];
  }, [figures, metric]);
  return (
    <>
      <MetricPlot
        metric={metric}
        figures={[...pruned, ...repaired]}
        reference={reference ?? undefined}
        size="tall"
        points={[]}
        label={`${metrics[metric].label} after each round`}
        lines={(drawn) => (
          <>
            <Line {...prunedLine} data={pruned.map(drawn)} dataKey="value" dot={{ r: 3 }} />
            <Line {...repairedLine} data={repaired.map(drawn)} dataKey="value" dot={{ r: 3 }} />
          </>
        )}
      />
      <Legend>
        <LegendEntry swatch="repaired-line">repaired</LegendEntry>
        <LegendEntry swatch="pruned-line">pruned, before the repair of its round</LegendEntry>
        <LegendEntry swatch="dashed-line">before pruning</LegendEntry>
      </Legend>
    </>
  );
}
