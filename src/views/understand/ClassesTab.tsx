import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { at } from '../../lib/known';
import { formatInteger, formatPercent, formatQuantity } from '../../lib/numbers';
import type { Evaluation, InputSummary } from '../../state/evaluation';
import { classFigures, isLost } from '../../state/metrics';
import { screen } from '../../state/screen';
import { studio } from '../../state/store';
import type { SamplePicture } from '../../state/understandingState';
import { useEvaluation, useShownEvaluation } from '../parts/quality/useEvaluation';
import { type Flip, flipsOf } from './flips';
import { LayersByClass } from './LayersByClass';
import { classText, lostOf } from './oneClass';
import { RunNeeded } from './RunNeeded';
import classes from './Understand.module.css';

const what =
  'What pruning broke, class by class: how many of each are still right, and which inputs changed their class.';

/** Damage by class: what pruning broke, which inputs flip, and which layers one class needs. */
export function ClassesTab() {
  const inputs = useEvaluation((state) => state.inputs);
  const evaluation = useShownEvaluation();
  const isStale = useEvaluation((state) => state.stale);
  if (!inputs || !evaluation) return <RunNeeded what={what} />;
  if (!inputs.labels) {
    return (
      <div className={classes.body}>
        <p className={classes.lead}>{what} For that inputs need labels: y beside x, or images in one folder a class.</p>
        <Button onClick={() => screen.getState().show('inputs')}>Choose inputs…</Button>
      </div>
    );
  }
  return (
    <div className={classes.body} aria-busy={isStale}>
      <ByClass evaluation={evaluation} inputs={inputs} />
      <Flips evaluation={evaluation} inputs={inputs} />
      <LayersByClass inputs={inputs} />
    </div>
  );
}

interface Given {
  readonly evaluation: Evaluation;
  readonly inputs: InputSummary;
}

function ByClass({ evaluation, inputs }: Given) {
  const before = inputs.baseline.bySample?.accuracy;
  const after = evaluation.bySample?.accuracy;
  if (!inputs.labels || !before || !after) return null;
  const figures = [...classFigures(inputs.labels, before, after)].sort((a, b) => lostOf(b) - lostOf(a));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={classes.scroller} tabIndex={0} aria-label="Classes, scrolled">
      <table className={classes.table} aria-label="Damage by class">
        <thead>
          <tr>
            <th scope="col">Class, the greatest damage first</th>
            <th scope="col" data-number>
              Inputs
            </th>
            <th scope="col" data-number>
              Right before
            </th>
            <th scope="col" data-number>
              Right now
            </th>
            <th scope="col" data-number>
              Lost
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.slice(0, 100).map((figure) => (
            <tr key={figure.label}>
              <th scope="row">
                {classText(figure.label, inputs)}
                {isLost(figure) && ': lost'}
              </th>
              <td data-number>{formatInteger(figure.samples)}</td>
              <td data-number>{formatPercent(figure.before / figure.samples)}</td>
              <td data-number>{formatPercent(figure.after / figure.samples)}</td>
              <td data-number>
                <b>{formatInteger(lostOf(figure))}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** More would be no grid that one looks at. */
const mostShown = 24;

function Flips({ evaluation, inputs }: Given) {
  const flips = useMemo(() => flipsOf(evaluation, inputs), [evaluation, inputs]);
  const shown = flips.slice(0, mostShown);
  const pictures = usePictures(shown);
  const broken = flips.filter(({ isBroken }) => isBroken).length;
  return (
    <section aria-label="Inputs that flip">
      <h3 className={classes.caption}>
        {flips.length === 0
          ? 'No input changes its class'
          : `${formatQuantity(flips.length, 'input')} ${flips.length === 1 ? 'flips' : 'flip'}: ${broken} broken, ${flips.length - broken} otherwise`}
      </h3>
      <ul className={classes.flips} aria-label="Flips">
        {shown.map((flip) => (
          <li key={flip.place}>
            <Picture picture={pictures.get(flip.place)} flip={flip} />
            <div>
              <b>
                {classText(flip.before, inputs)} → {classText(flip.after, inputs)}
              </b>
            </div>
            <div className={classes.note}>
              {flip.isBroken
                ? `is ${classText(flip.label, inputs)}`
                : flip.isMended
                  ? 'right now'
                  : `wrong before, is ${classText(flip.label, inputs)}`}
            </div>
          </li>
        ))}
      </ul>
      {flips.length > shown.length && (
        <p className={classes.note}>The first {mostShown}, those that pruning broke before the others.</p>
      )}
    </section>
  );
}

function usePictures(flips: readonly Flip[]): ReadonlyMap<number, SamplePicture> {
  const [pictures, setPictures] = useState<ReadonlyMap<number, SamplePicture>>(new Map());
  useEffect(() => {
    let isOld = false;
    const places = flips.map(({ place }) => place).sort((a, b) => a - b);
    if (places.length === 0) return undefined;
    void studio
      .getState()
      .samplePictures(places)
      .then((found) => {
        if (isOld || found.length !== places.length) return;
        setPictures(new Map(places.map((place, i) => [place, at(found, i)])));
      });
    return () => {
      isOld = true;
    };
  }, [flips]);
  return pictures;
}

function Picture({ picture, flip }: { readonly picture: SamplePicture | undefined; readonly flip: Flip }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (picture && context) context.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0);
  }, [picture]);
  if (!picture) return <div className={classes.note}>input {flip.place}</div>;
  return (
    <canvas
      ref={canvas}
      width={picture.width}
      height={picture.height}
      role="img"
      aria-label={`Input ${flip.place} as the model sees it`}
    />
  );
}
