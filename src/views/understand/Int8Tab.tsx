import { UnstyledButton } from '@mantine/core';
import { useEffect } from 'react';
import { at } from '../../lib/known';
import { formatBytes, formatInteger, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { Evaluation, InputSummary } from '../../state/evaluation';
import { firstMetric, metrics, metricValue, referenceValue } from '../../state/metrics';
import { studio, useCheckpoint, useStudio } from '../../state/store';
import type { Int8Preview } from '../../state/understandingState';
import type { Int8Findings, RoundingFigures } from '../../tensors/findings';
import { metricText } from '../parts/quality/metricText';
import { useEvaluation, useShownEvaluation } from '../parts/quality/useEvaluation';
import { int8Totals, relativeError } from './int8Totals';
import { Looking } from './Looking';
import classes from './Understand.module.css';
import { showLayers } from './words';

/** What int8 would do to what the recipe leaves: an error for each layer and for the model, and quality where it runs. */
export function Int8Tab() {
  const int8 = useStudio(({ understanding }) => understanding.int8);
  const isHeld = useStudio((state) => state.resolution !== state.settled);
  const isBusy = useEvaluation(
    ({ status: { kind } }) => kind === 'searching' || kind === 'loading' || kind === 'evaluating',
  );
  const canLook = !int8 && !isHeld && !isBusy;
  useEffect(() => {
    if (canLook) void studio.getState().understand('int8');
  }, [canLook]);
  return (
    <div className={classes.body}>
      <p className={classes.note}>
        Every weight that is left is rounded to one of 255 steps, symmetric around zero: one scale for a whole tensor,
        or one for each filter or row. Zeros stay zeros. It is a preview: nothing of it is exported.
      </p>
      <Looking about="int8" of="int8">
        {int8 && <Totals int8={int8} />}
      </Looking>
      {int8 && <LayerErrors int8={int8} />}
    </div>
  );
}

function Totals({ int8 }: { readonly int8: Int8Preview }) {
  const size = useCheckpoint((checkpoint) => checkpoint.size);
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const totals = int8Totals(int8.found, layers, size);
  return (
    <dl className={classes.figures}>
      <div>
        <dt>Error, one scale a tensor</dt>
        <dd>{formatPercent(totals.perTensor, 2)}</dd>
      </div>
      <div>
        <dt>Error, one scale a channel</dt>
        <dd>{formatPercent(totals.perChannel, 2)}</dd>
      </div>
      <div>
        <dt>Zeros</dt>
        <dd>
          {formatPercent(totals.zerosBefore / totals.weights)} → {formatPercent(totals.zerosAfter / totals.weights)}
        </dd>
      </div>
      <div>
        <dt>File, about</dt>
        <dd>
          {formatBytes(totals.bytes)} <span>of {formatBytes(size)}</span>
        </dd>
      </div>
      <Quality int8={int8} />
    </dl>
  );
}

/** The main figure: before pruning, as pruned, and with int8 on top. */
function Quality({ int8: { perTensor, perChannel } }: { readonly int8: Int8Preview }) {
  const inputs = useEvaluation((state) => state.inputs);
  const metric = useEvaluation((state) => state.metric);
  const shown = useShownEvaluation();
  if (!perTensor || !perChannel || !inputs) return null;
  const id =
    metricValue(perTensor, metric) === undefined ? firstMetric(Object.keys(metrics) as (typeof metric)[]) : metric;
  return (
    <div>
      <dt>{metrics[id].label}</dt>
      <dd>
        {textOf(id, perTensor)} <span>a tensor</span>, {textOf(id, perChannel)} <span>a channel</span>
        <span>{besideText(id, shown, inputs)}</span>
      </dd>
    </div>
  );
}

function textOf(id: Parameters<typeof metricText>[0], evaluation: Evaluation): string {
  const value = metricValue(evaluation, id);
  return value === undefined ? '–' : metricText(id, value);
}

function besideText(
  id: Parameters<typeof metricText>[0],
  shown: Evaluation | null,
  { baseline }: InputSummary,
): string {
  const reference = referenceValue(baseline, id);
  const parts = [
    reference !== undefined && `original ${metricText(id, reference)}`,
    shown && `as it is now ${textOf(id, shown)}`,
  ].filter(Boolean);
  return parts.length > 0 ? `; ${parts.join(', ')}` : '';
}

function LayerErrors({ int8: { found } }: { readonly int8: Int8Preview }) {
  const layers = useCheckpoint((checkpoint) => checkpoint.layers);
  const rows = [...found].sort(([, a], [, b]) => relativeError(b.perTensor, b) - relativeError(a.perTensor, a));
  const left = layers.filter(({ id, byDefault }) => byDefault && !found.has(id)).length;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label="Errors by layer, scrolled">
        <table className={classes.table} aria-label="int8 by layer">
          <thead>
            <tr>
              <th scope="col">Layer, the greatest error first</th>
              <th scope="col" data-number>
                ‖Δ‖/‖w‖, a tensor
              </th>
              <th scope="col" data-number>
                a channel
              </th>
              <th scope="col" data-number>
                max |Δ|
              </th>
              <th scope="col" data-number>
                Zeros it adds
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([tensor, findings]) => (
              <tr key={tensor}>
                <th scope="row">
                  <UnstyledButton className={classes.way} onClick={() => showLayers([tensor])}>
                    <bdi>{at(layers, tensor).name}</bdi>
                  </UnstyledButton>
                </th>
                <td data-number>{formatPercent(relativeError(findings.perTensor, findings), 2)}</td>
                <td data-number>{channelText(findings.perChannel, findings)}</td>
                <td data-number>{formatValue((findings.perChannel ?? findings.perTensor).greatest)}</td>
                <td data-number>{formatInteger((findings.perChannel ?? findings.perTensor).zeros - findings.zeros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {left > 0 && (
        <p className={classes.note}>
          {formatQuantity(left, 'layer')} {left === 1 ? 'is' : 'are'} left out: NaN and infinities have no int8, and
          layers that share weights are counted once.
        </p>
      )}
    </>
  );
}

function channelText(figures: RoundingFigures | undefined, findings: Int8Findings): string {
  return figures ? formatPercent(relativeError(figures, findings), 2) : '–';
}
