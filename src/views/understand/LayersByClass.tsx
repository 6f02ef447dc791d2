import { Button, NativeSelect, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { found } from '../../lib/known';
import { formatInteger, formatPercent } from '../../lib/numbers';
import type { InputSummary } from '../../state/evaluation';
import { Running } from '../parts/quality/Running';
import { evaluator, useEvaluation } from '../parts/quality/useEvaluation';
import { classText, lossesOf, lostOf } from './oneClass';
import classes from './Understand.module.css';
import { showLayers } from './words';

/** More columns would be no table. */
const mostClasses = 12;

/** What each class loses where one layer alone is pruned: read off the sensitivity. */
export function LayersByClass({ inputs }: { readonly inputs: InputSummary }) {
  const sensitivity = useEvaluation((state) => state.sensitivity);
  const status = useEvaluation((state) => state.status);
  const [chosen, setChosen] = useState('0.9');
  const title = <h3 className={classes.caption}>Which layers a class needs</h3>;
  if (status.kind === 'searching') {
    return (
      <section aria-label="Layers by class">
        {title}
        <Running status={status} />
      </section>
    );
  }
  const steps = sensitivity?.ladder ?? [];
  const sparsity = steps.includes(Number(chosen)) ? Number(chosen) : steps.at(-1);
  const rows = (sensitivity?.curves ?? []).flatMap((curve) => {
    const loss = lossesOf(curve, inputs).find((each) => each.sparsity === sparsity);
    return loss ? [{ curve, figures: loss.figures }] : [];
  });
  if (rows.length === 0 || sparsity === undefined) {
    return (
      <section aria-label="Layers by class">
        {title}
        <p className={classes.note}>
          Every layer is pruned alone, step by step: the sensitivity, read class by class. Layers whose loss is one
          class’s become marks.
        </p>
        <Button
          size="compact-sm"
          disabled={status.kind !== 'ready'}
          onClick={() => void evaluator().measureSensitivity()}
        >
          Measure sensitivity
        </Button>
      </section>
    );
  }
  const all = found(rows[0], 'a layer').figures;
  const lossOfAll = (label: number) =>
    rows.reduce(
      (sum, { figures }) =>
        sum +
        Math.max(
          0,
          lostOf(
            found(
              figures.find((each) => each.label === label),
              'a class',
            ),
          ),
        ),
      0,
    );
  const shown = all
    .map(({ label }) => label)
    .sort((a, b) => lossOfAll(b) - lossOfAll(a))
    .slice(0, mostClasses)
    .sort((a, b) => a - b);
  return (
    <section aria-label="Layers by class">
      <div className={classes.head}>
        {title}
        <NativeSelect
          size="xs"
          aria-label="Pruned alone to"
          value={String(sparsity)}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={steps.map((step) => ({ value: String(step), label: `pruned alone to ${formatPercent(step, 0)}` }))}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label="Layers by class, scrolled">
        <table className={classes.table} aria-label="Inputs lost, by layer and class">
          <thead>
            <tr>
              <th scope="col">Inputs lost of class</th>
              {shown.map((label) => (
                <th key={label} scope="col" data-number>
                  {classText(label, inputs)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ curve, figures }) => (
              <tr key={curve.tensor}>
                <th scope="row">
                  <UnstyledButton className={classes.way} onClick={() => showLayers([curve.tensor])}>
                    <bdi>{curve.name}</bdi>
                  </UnstyledButton>
                </th>
                {shown.map((label) => {
                  const figure = found(
                    figures.find((each) => each.label === label),
                    'a class',
                  );
                  const share = figure.before > 0 ? Math.max(0, lostOf(figure)) / figure.before : 0;
                  return (
                    <td
                      key={label}
                      data-number
                      className={classes.cell}
                      style={{
                        background: `color-mix(in srgb, var(--pruned) ${Math.round(share * 45)}%, transparent)`,
                      }}
                    >
                      {formatInteger(lostOf(figure))}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
