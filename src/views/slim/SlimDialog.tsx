import { Button } from '@mantine/core';
import { formatInteger, formatPercent, formatQuantity } from '../../lib/numbers';
import { screen, useScreen } from '../../state/screen';
import type { LayerWidth, SlimMade, SlimReport } from '../../state/slimState';
import { Legend, LegendEntry } from '../charts/Legend';
import { TakenTable } from '../charts/take/TakenTable';
import { DialogFrame } from '../parts/frames/DialogFrame';
import { Later } from '../parts/later/Later';
import { later } from '../parts/later/laterPart';
import { useSlim } from '../parts/quality/useSlim';
import { SlimDownloads } from '../parts/slim/SlimDownloads';
import classes from './SlimDialog.module.css';
import { costTexts, perSample, rangeText, speedText, timeText, unitsText } from './words';

const widthsChart = later(() => import('./WidthsChart').then(({ WidthsChart }) => WidthsChart));

/** The whole report of a smaller model: every layer's width before and after, what it was fitted to, what to know. */
export function SlimDialog() {
  const isShown = useScreen((state) => state.dialog === 'slim');
  const made = useSlim((state) => state.made);
  return (
    <DialogFrame opened={isShown && made !== null} onClose={screen.getState().close} title="The slim model" width={820}>
      {isShown && made && <Body made={made} />}
    </DialogFrame>
  );
}

function Body({ made: { report } }: { readonly made: SlimMade }) {
  const isFresh = useSlim((state) => state.isFresh);
  const { widths, remarks, repaired, difference } = report;
  return (
    <div className={classes.body}>
      <p className={classes.help}>
        {unitsText(report)} It computes what the original does with zeros in their place, to{' '}
        {differenceText(difference)} of the largest output. {repaired && fittedText(repaired)}
        {!isFresh && ' This is of an earlier recipe.'}
      </p>
      <Before report={report} />
      <section aria-label="Widths of layers">
        <div className={classes.heading}>
          <h3>Outputs of every layer</h3>
          <Legend>
            <LegendEntry swatch="kept">stay</LegendEntry>
            <LegendEntry swatch="pruned">went</LegendEntry>
          </Legend>
        </div>
        <div className={classes.chart}>
          <Later part={widthsChart} with={{ widths }} />
        </div>
        <Widths widths={widths} />
      </section>
      {remarks.length > 0 && (
        <ul className={classes.remarks} aria-label="Remarks">
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      <div className={classes.buttons}>
        {isFresh && <SlimDownloads />}
        <Button size="compact-sm" onClick={screen.getState().close} data-autofocus>
          Close
        </Button>
      </div>
    </div>
  );
}

function differenceText(difference: number): string {
  return difference === 0 ? 'the last bit' : difference.toExponential(0);
}

function fittedText({ tensors, inputs, samples }: NonNullable<SlimReport['repaired']>): string {
  const on = /^\d/.test(inputs) ? inputs : `${formatQuantity(samples, 'sample')} of ${inputs}`;
  return `${formatQuantity(tensors.length, 'tensor')} ${tensors.length === 1 ? 'was' : 'were'} fitted to ${on}, so that the layers behind give again what they gave.`;
}

/** Everything that was measured, before and after. */
function Before({ report }: { readonly report: SlimReport }) {
  const { time } = report;
  const [before, after] = [perSample(time.before, time), perSample(time.after, time)];
  return (
    <TakenTable title="Slim before and after">
      <table className={classes.table} aria-label="Before and after">
        <thead>
          <tr>
            <td />
            <th scope="col">Before</th>
            <th scope="col">Slim</th>
            <th scope="col">What is left</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">
              Time per inference
              <small>
                {formatQuantity(time.threads, 'thread')}, {formatQuantity(time.samples, 'sample')} a run, the two by
                turns
              </small>
            </th>
            <td>
              {timeText(before.median)}
              <small>{rangeText(before)}</small>
            </td>
            <td>
              <b>{timeText(after.median)}</b>
              <small>{rangeText(after)}</small>
            </td>
            <td>{speedText(time)}</td>
          </tr>
          {costTexts(report).map(({ name, before: was, after: is, share }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{was}</td>
              <td>
                <b>{is}</b>
              </td>
              <td>{share}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TakenTable>
  );
}

function Widths({ widths }: { readonly widths: readonly LayerWidth[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={classes.scroller} tabIndex={0} aria-label="Table of widths">
      <TakenTable title="Widths of layers">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
              <th scope="col">Stays</th>
            </tr>
          </thead>
          <tbody>
            {widths.map(({ name, node, operator, before, after }) => (
              <tr key={node} data-changed={after < before}>
                <th scope="row">
                  <bdi>{name}</bdi> <small>{operator}</small>
                </th>
                <td>{formatInteger(before)}</td>
                <td>{formatInteger(after)}</td>
                <td>{before > 0 ? formatPercent(after / before, 0) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TakenTable>
    </section>
  );
}
