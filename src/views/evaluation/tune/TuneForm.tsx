import { Button, Checkbox, NumberInput, Radio, Select } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { found } from '../../../lib/known';
import type { MetricId, TuneGoal } from '../../../state/evaluation';
import { firstMetric, metrics, referenceValue } from '../../../state/metrics';
import { classNames } from '../../parts/classNames';
import { useEvaluation } from '../../parts/quality/useEvaluation';
import { useRepair } from '../../parts/quality/useRepair';
import dialog from '../Dialog.module.css';
import { flattery, isRandom } from '../figures';
import { boundText, initialLimit, initialSparsity, limitHelp, willSplitText } from './goals';
import classes from './TuneDialog.module.css';

/** The two goals in plain words. */
export function TuneForm({ onStart }: { onStart(goal: TuneGoal, isRepaired: boolean): void }) {
  const atHand = useEvaluation((state) => state.metrics);
  const baseline = useEvaluation((state) => found(state.inputs, 'inputs').baseline);
  const samples = useEvaluation((state) => found(state.inputs, 'inputs').samples);
  const isBusy = useEvaluation(({ status }) => status.kind === 'searching' || status.kind === 'loading');
  const [kind, setKind] = useState<TuneGoal['kind']>('sparsest');
  const shown = useEvaluation((state) => state.metric);
  const isOnRandom = useEvaluation(({ source }) => isRandom(source));
  const [metric, setMetric] = useState(() => (isOnRandom ? shown : firstMetric(atHand)));
  const [limit, setLimit] = useState(() => initialLimit(metric, baseline));
  const [sparsity, setSparsity] = useState(initialSparsity);
  const canRepair = useRepair(({ used }) => used !== null);
  const [isRepaired, setRepaired] = useState(false);
  const scale = metrics[metric].fraction ? 100 : 1;

  const choose = (id: MetricId) => {
    setMetric(id);
    setLimit(initialLimit(id, baseline));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onStart(kind === 'sparsest' ? { kind, metric, limit } : { kind, metric, sparsity }, isRepaired && canRepair);
  };
  return (
    <form className={dialog.body} onSubmit={submit}>
      <p className={dialog.help}>
        Finds a threshold for every layer from how sensitive each one is, and confirms the whole by running it. The
        answer is an ordinary recipe, and one undo takes it back.
      </p>
      <p className={dialog.help}>{willSplitText(samples)}</p>
      {isOnRandom && <p className={dialog.help}>{flattery}</p>}
      <Select
        size="xs"
        label="Quality is"
        allowDeselect={false}
        data={atHand.map((id) => ({ value: id, label: metrics[id].label }))}
        value={metric}
        onChange={(id) => id && choose(id as MetricId)}
      />
      <fieldset className={classes.goals} aria-label="Goal">
        <Option
          chosen={kind === 'sparsest'}
          label={`The sparsest model with ${metrics[metric].name} of ${boundText(metric)}`}
          onChoose={() => setKind('sparsest')}
          help={limitHelp(metric, limit, referenceValue(baseline, metric))}
        >
          <NumberInput
            className={classNames(classes.number)}
            size="xs"
            aria-label={`${metrics[metric].label} of ${boundText(metric)}`}
            suffix={metrics[metric].fraction ? ' %' : ''}
            step={metrics[metric].fraction ? 0.5 : 0.01}
            decimalScale={metrics[metric].fraction ? 2 : 6}
            disabled={kind !== 'sparsest'}
            value={Number((limit * scale).toPrecision(10))}
            onChange={(value) => setLimit(Number(value) / scale)}
          />
        </Option>
        <Option
          chosen={kind === 'best'}
          label={`The best ${metrics[metric].name} at a sparsity of`}
          onChoose={() => setKind('best')}
        >
          <NumberInput
            className={classNames(classes.number)}
            size="xs"
            aria-label="Sparsity to reach"
            suffix=" %"
            min={0}
            max={100}
            step={5}
            decimalScale={2}
            disabled={kind !== 'best'}
            value={Number((sparsity * 100).toPrecision(10))}
            onChange={(value) => setSparsity(Math.min(1, Math.max(0, Number(value) / 100)))}
          />
        </Option>
      </fieldset>
      <Checkbox
        size="xs"
        label="Repair each candidate before it is judged"
        description={
          canRepair
            ? 'For small models: every one of some tens of candidates is repaired, and so is the answer.'
            : 'Press Repair once first: what it is fitted to is known then.'
        }
        checked={isRepaired && canRepair}
        disabled={!canRepair}
        onChange={(event) => setRepaired(event.currentTarget.checked)}
      />
      <div className={dialog.buttons}>
        <Button size="sm" variant="filled" type="submit" disabled={isBusy} data-autofocus>
          Start
        </Button>
      </div>
    </form>
  );
}

interface OptionProps {
  readonly chosen: boolean;
  readonly label: string;
  readonly help?: string | undefined;
  onChoose(): void;
  readonly children: ReactNode;
}

function Option({ chosen, label, help, onChoose, children }: OptionProps) {
  return (
    <div className={classes.option} data-chosen={chosen}>
      <div className={classes.goal}>
        <Radio size="xs" name="goal" label={label} checked={chosen} onChange={onChoose} />
        {children}
      </div>
      {help !== undefined && <p>{help}</p>}
    </div>
  );
}
