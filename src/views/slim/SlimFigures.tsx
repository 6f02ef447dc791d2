import { Button } from '@mantine/core';
import type { Evaluation } from '../../state/evaluation';
import { metrics, metricValue, referenceValue } from '../../state/metrics';
import { screen } from '../../state/screen';
import type { SlimMade } from '../../state/slimState';
import region from '../parts/frames/ActRegion.module.css';
import { metricText } from '../parts/quality/metricText';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { useSlim } from '../parts/quality/useSlim';
import { SlimDownloads } from '../parts/slim/SlimDownloads';
import classes from './Slim.module.css';
import { costTexts, perSample, rangeText, speedText, timeText } from './words';

/** What became of the model, at a glance, and the ways to have it. */
export function SlimFigures() {
  const made = useSlim((state) => state.made);
  const isFresh = useSlim((state) => state.isFresh);
  if (!made) return null;
  return (
    <div className={classes.made}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div className={classes.figures} role="group" aria-label="Slim model against the original" data-stale={!isFresh}>
        <Quality made={made} />
        <Time made={made} />
        {costTexts(made.report).map(({ name, before, after, share }) => (
          <Figure key={name} name={`${name} · ${share}`} before={before} after={after} />
        ))}
      </div>
      <div className={classes.buttons}>
        <Button size="compact-sm" onClick={() => screen.getState().show('slim')}>
          What went…
        </Button>
        {isFresh && <SlimDownloads />}
      </div>
    </div>
  );
}

interface FigureProps {
  readonly name: string;
  readonly before: string;
  /** With the recipe's masks alone. */
  readonly masked?: string | undefined;
  readonly after: string;
  readonly title?: string;
}

function Figure({ name, before, masked, after, title }: FigureProps) {
  return (
    <div className={region.figure} title={title}>
      <span>{name}</span> <em>{before} → </em>
      {masked !== undefined && <i>{masked} → </i>}
      <b>{after}</b>
    </div>
  );
}

function Quality({ made: { report } }: { readonly made: SlimMade }) {
  const metric = useEvaluation((state) => state.metric);
  const { quality } = report;
  if (!quality) return null;
  const textOf = (evaluation: Evaluation) => {
    const value = metricValue(evaluation, metric);
    return value === undefined ? '–' : metricText(metric, value);
  };
  const reference = referenceValue(quality.before, metric);
  return (
    <Figure
      name={metrics[metric].label}
      before={reference === undefined ? '–' : metricText(metric, reference)}
      masked={quality.masked && textOf(quality.masked)}
      after={textOf(quality.after)}
      title={quality.masked ? 'As it was, with the recipe’s masks, and slim' : 'As it was, and slim'}
    />
  );
}

function Time({ made: { report } }: { readonly made: SlimMade }) {
  const { time } = report;
  const [before, after] = [perSample(time.before, time), perSample(time.after, time)];
  return (
    <Figure
      name={`Time · ${speedText(time)}`}
      before={timeText(before.median)}
      after={timeText(after.median)}
      title={`An inference, median of runs by turns: ${rangeText(before)}, then ${rangeText(after)}`}
    />
  );
}
