import { NativeSelect } from '@mantine/core';
import { type CalibrationChoice, leastSamples } from '../../../state/repairState';
import { classNames } from '../../parts/classNames';
import { NumberField } from '../../parts/fields/NumberField';
import { parseBetween } from '../../parts/fields/typedNumber';
import { repairer, useRepair } from '../../parts/quality/useRepair';
import type { Asked } from './CalibrationQuestion';
import classes from './Repair.module.css';

const words: Readonly<Record<CalibrationChoice['kind'], string>> = {
  sample: 'The sample’s own set',
  share: 'A share of the inputs',
  own: 'Own files…',
  random: 'Random numbers…',
};

/** What the weights are fitted to, and how. */
export function Calibration({ onAsk }: { onAsk(asked: Asked): void }) {
  const usual = useRepair((state) => state.usual);
  const chosen = useRepair(({ calibration }) => calibration);
  const set = useRepair((state) => state.set);
  const isOnRandom = usual === null;
  const isBusy = useRepair(({ status }) => status.kind === 'repairing' && !status.isLive);
  const settings = useRepair((state) => state.settings);
  const kind = (chosen ?? usual)?.kind;
  const kinds = (['sample', 'share', 'own', 'random'] as const).filter(
    (each) => (each !== 'sample' || set !== null) && (each !== 'share' || !isOnRandom),
  );
  const choose = (next: CalibrationChoice['kind']) => {
    if (next === 'own' || next === 'random') onAsk(next);
    else if (next === 'share') repairer().setCalibration({ kind: next });
    else if (set !== null) repairer().setCalibration({ kind: next, file: set });
  };
  return (
    <>
      <NativeSelect
        label="Calibration"
        size="xs"
        classNames={{
          root: classNames(classes.choice),
          label: classNames(classes.label),
          input: classNames(classes.input),
        }}
        value={kind ?? ''}
        title="Inputs that the weights are fitted to: the more like what the model sees, the better. Labels are not used."
        disabled={isBusy}
        onChange={(event) => choose(event.currentTarget.value as CalibrationChoice['kind'])}
        data={[
          ...(kind === undefined ? [{ value: '', label: 'Choose inputs…', disabled: true }] : []),
          ...kinds.map((each) => ({ value: each, label: nameOf(each, chosen) })),
        ]}
      />
      <div
        className={classes.number}
        title={`How many inputs the weights are fitted to: ${leastSamples} or more, 256 are enough`}
      >
        <NumberField
          label="Samples"
          text={String(settings.samples)}
          disabled={isBusy}
          parse={(text) => parseBetween(text, { least: leastSamples, most: 100_000 })}
          onCommit={(samples) => repairer().setRepairSettings({ samples })}
        />
      </div>
      <div
        className={classes.number}
        title="How strongly weights are held where they are; 0.001 to 0.1 make little difference"
      >
        <NumberField
          label="Damping"
          text={String(settings.damping)}
          disabled={isBusy}
          parse={(text) => parseBetween(text, { least: 1e-6, most: 10, isFraction: true })}
          onCommit={(damping) => repairer().setRepairSettings({ damping })}
        />
      </div>
    </>
  );
}

/** What was chosen, where it has a name of its own. */
function nameOf(kind: CalibrationChoice['kind'], chosen: CalibrationChoice | null): string {
  if (kind === 'own' && chosen?.kind === 'own') return chosen.title;
  return words[kind];
}
