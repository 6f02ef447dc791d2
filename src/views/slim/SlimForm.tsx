import { Checkbox, NativeSelect } from '@mantine/core';
import { calibrationInUse } from '../../state/repairState';
import { givenPlan, type SlimMeasure } from '../../state/slimState';
import { useStudio } from '../../state/store';
import { classNames } from '../parts/classNames';
import { NumberField } from '../parts/fields/NumberField';
import { parseBetween } from '../parts/fields/typedNumber';
import region from '../parts/frames/ActRegion.module.css';
import { useEvaluation } from '../parts/quality/useEvaluation';
import { useRepair } from '../parts/quality/useRepair';
import { slimmer, useSlim } from '../parts/quality/useSlim';
import classes from './Slim.module.css';
import { measures } from './words';

const bounds = { least: 1, most: 100, isFraction: true, unit: '%' } as const;

/** How much may remain, by what, and whether the layers that read what changed are fitted anew. */
export function SlimForm() {
  const { measure, target } = useSlim((state) => state.settings);
  const isBusy = useSlim(({ status }) => status.kind === 'slimming');
  return (
    <div className={classes.form}>
      <NativeSelect
        label="Measure"
        size="xs"
        classNames={{
          root: classNames(region.choice),
          label: classNames(region.label),
          input: classNames(region.input),
        }}
        value={measure}
        disabled={isBusy}
        onChange={(event) => slimmer().setSlimSettings({ measure: event.currentTarget.value as SlimMeasure })}
        data={Object.entries(measures).map(([value, label]) => ({ value, label }))}
      />
      <div
        className={classes.number}
        title="Percent of the original’s that may remain; empty: only channels that are dead already go"
      >
        <NumberField
          label="Target"
          text={target === null ? '' : String(Number((target * 100).toPrecision(6)))}
          placeholder="only dead"
          unit="%"
          disabled={isBusy}
          // No number is one, too: it asks for nothing.
          parse={(text) => (text.trim() === '' ? Number.NaN : parseBetween(text, bounds))}
          onCommit={(percent) => slimmer().setSlimSettings({ target: Number.isNaN(percent) ? null : percent / 100 })}
        />
      </div>
      <RepairChoice isBusy={isBusy} />
      <Replay isBusy={isBusy} />
    </div>
  );
}

/** Where the recipe came with a plan. */
function Replay({ isBusy }: { readonly isBusy: boolean }) {
  const isGiven = useStudio(({ recipe, slim }) => givenPlan(recipe, slim) !== undefined);
  const replays = useSlim((state) => state.settings.replays);
  if (!isGiven) return null;
  return (
    <Checkbox
      size="xs"
      label="As the recipe’s plan says"
      checked={replays}
      disabled={isBusy}
      title="What went when the recipe was saved goes here, too, whatever the target"
      onChange={(event) => slimmer().setSlimSettings({ replays: event.currentTarget.checked })}
    />
  );
}

function RepairChoice({ isBusy }: { readonly isBusy: boolean }) {
  const wanted = useSlim((state) => state.settings.repair);
  const hasInputs = useEvaluation((state) => state.inputs !== null);
  const canFit = useRepair((state) => calibrationInUse(state) !== null);
  // Before the model ran it is not known what inputs there will be.
  const isPossible = canFit || !hasInputs;
  return (
    <Checkbox
      size="xs"
      label="Repair what reads them"
      checked={wanted && isPossible}
      disabled={isBusy || !isPossible}
      title={
        isPossible
          ? 'Every layer that reads what changed is fitted anew, to the calibration inputs that Repair has'
          : 'There are only random numbers to fit to: choose calibration inputs under Repair first'
      }
      onChange={(event) => slimmer().setSlimSettings({ repair: event.currentTarget.checked })}
    />
  );
}
