import { useMemo } from 'react';
import { formatPercent } from '../../../lib/numbers';
import type { MetricId, Sensitivity, SensitivityCurve } from '../../../state/evaluation';
import { metrics, metricValue, referenceValue } from '../../../state/metrics';
import { shownLayer } from '../../../state/reach';
import { useStudio } from '../../../state/store';
import type { StudioState } from '../../../state/studio';
import { ownerIdOf } from '../../../tensors/owners';
import type { TensorId } from '../../../tensors/tensor';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { EvaluationNeeded } from '../EvaluationNeeded';
import { metricText } from '../figures';
import { MetricPlot } from '../plot/MetricPlot';
import { type PlotPoint, PlotPoints } from '../plot/PlotPoints';
import { type Frame, linePath, xOf, yOf } from '../plot/scale';
import classes from './CurvePanel.module.css';
import { cellLabel } from './gridCells';
import panel from './Panel.module.css';
import { placeSparsity } from './placeSparsity';
import { SensitivityStart, SensitivityStatus } from './SensitivityStatus';
import { useLayerSparsities } from './useLayerSparsities';

/** Quality against the sparsity of the shown layer alone, among the curves of all others. */
export function CurvePanel() {
  const shown = useStudio(shownOwner);
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs);
  if (!inputs) return <EvaluationNeeded what="How the model suffers as this layer is pruned" />;
  if (!sensitivity) return <SensitivityStart />;
  const curve = sensitivity.curves.find(({ tensor }) => tensor === shown);
  return (
    <div className={panel.panel}>
      <SensitivityStatus sensitivity={sensitivity} />
      {curve && curve.cells.length > 0 ? (
        <Curves
          sensitivity={sensitivity}
          curve={curve}
          metric={metric}
          reference={referenceValue(inputs.baseline, metric)}
        />
      ) : (
        <p className={classes.missing}>
          {curve
            ? 'This layer’s turn has not come yet.'
            : 'This layer is switched out of pruning and was not measured.'}
        </p>
      )}
    </div>
  );
}

/** Whose weights the shown layer's are. */
function shownOwner(state: StudioState): TensorId | undefined {
  const layer = shownLayer(state);
  return layer && ownerIdOf(layer);
}

interface CurvesProps {
  readonly sensitivity: Sensitivity;
  readonly curve: SensitivityCurve;
  readonly metric: MetricId;
  readonly reference: number | undefined;
}

function Curves({ sensitivity, curve, metric, reference }: CurvesProps) {
  const now = useLayerSparsities().get(curve.tensor) ?? 0;
  const { higherIsBetter, label } = metrics[metric];
  const values = useMemo(
    () => sensitivity.curves.flatMap((each) => figuresOf(each, metric).map(({ value }) => value)),
    [sensitivity, metric],
  );
  const points = useMemo(
    () =>
      figuresOf(curve, metric).map(
        ({ sparsity, value }, key): PlotPoint => ({
          key,
          sparsity,
          value,
          shape: 'circle',
          label: `${cellLabel(curve.name, sparsity, metric, value, false)}: prune this share`,
          tip: (
            <>
              <b>
                {label} {metricText(metric, value)}
              </b>
              <span>with {formatPercent(sparsity)} of this layer alone</span>
            </>
          ),
          isCurrent: false,
          onChoose: () => placeSparsity(curve.tensor, sparsity),
        }),
      ),
    [curve, metric, label],
  );
  const path = (each: SensitivityCurve, frame: Frame) =>
    linePath([
      ...(reference === undefined ? [] : [{ x: 0, y: yOf(frame, reference, higherIsBetter) }]),
      ...figuresOf(each, metric).map(({ sparsity, value }) => ({
        x: xOf(frame, sparsity),
        y: yOf(frame, value, higherIsBetter),
      })),
    ]);
  return (
    <>
      <MetricPlot
        metric={metric}
        values={values}
        reference={reference}
        size="tall"
        lines={(frame) => (
          <>
            <path className={classes.other} d={sensitivity.curves.map((each) => path(each, frame)).join('')} />
            <path className={classes.now} d={`M${xOf(frame, now).toFixed(1)} 0V${frame.height}`} />
            <path className={classes.shown} d={path(curve, frame)} />
          </>
        )}
      >
        {(frame) => (
          <PlotPoints
            label={`${label} by sparsity of ${curve.name}`}
            points={points}
            frame={frame}
            higherIsBetter={higherIsBetter}
          />
        )}
      </MetricPlot>
      <p className={classes.key} aria-hidden="true">
        <span>
          <i />
          <b>{curve.name}</b> pruned alone
        </span>
        <span data-line="other">
          <i />
          other layers
        </span>
        <span data-line="now">
          <i />
          {formatPercent(now)} now
        </span>
        <span data-line="reference">
          <i />
          as it is
        </span>
      </p>
    </>
  );
}

function figuresOf(curve: SensitivityCurve, metric: MetricId): { readonly sparsity: number; readonly value: number }[] {
  return curve.cells.flatMap(({ sparsity, evaluation }) => {
    const value = metricValue(evaluation, metric);
    return value === undefined ? [] : [{ sparsity, value }];
  });
}
