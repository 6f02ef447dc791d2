import { formatInteger, formatShape } from '../../../lib/numbers';
import { allMetrics } from '../../../state/metrics';
import { labelOf } from '../../../tensors/dtype';
import { metricText } from '../../parts/quality/metricText';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import classes from '../Dialog.module.css';

/** What the model runs on now, what that took for granted, and how it does unpruned. */
export function InputsSummary() {
  const inputs = useEvaluation((state) => state.inputs);
  if (!inputs) return null;
  const { title, labelled, classNames, remarks, baseline } = inputs;
  return (
    <section aria-label="Inputs in use">
      <h3 className={classes.caption}>In use: {title}</h3>
      <dl className={classes.facts}>
        {inputs.inputs.map(({ name, dtype, shape }) => (
          <Fact key={name} name={name} value={`${formatShape(shape)} · ${labelOf(dtype)}`} />
        ))}
        {labelled && <Fact name="labels" value={classNames ? classNames.join(', ') : 'one class number a sample'} />}
        {allMetrics.map(({ id, label, isPreferred }) => {
          const figure = isPreferred && baseline[id];
          return figure !== undefined && <Fact key={id} name="unpruned" value={`${label} ${metricText(id, figure)}`} />;
        })}
        <Fact
          name="one run"
          value={
            `about ${formatInteger(baseline.milliseconds)} ms, weights fed ` +
            `${baseline.delivery === 'inputs' ? 'as inputs' : 'in a new session'} (${baseline.deliveryReason})`
          }
        />
      </dl>
      {remarks.length > 0 && (
        <ul className={classes.remarks}>
          {remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
