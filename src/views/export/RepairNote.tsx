import { IconBandage } from '@tabler/icons-react';
import { formatQuantity } from '../../lib/numbers';
import type { RepairState } from '../../state/repairState';
import { useStudio } from '../../state/store';
import classes from './RepairNote.module.css';

/** Whether the file holds repaired weights; nothing where the model was never repaired. */
export function RepairNote() {
  const text = useStudio(({ repair }) => noteOn(repair));
  const isInFile = useStudio(({ repair }) => repair.isFresh && repair.on);
  if (text === '') return null;
  return (
    <p className={classes.note} data-in={isInFile}>
      <IconBandage size={18} stroke={1.7} aria-hidden />
      {text}
    </p>
  );
}

/** One sentence; empty where there is nothing to say. */
export function noteOn({ report, isFresh, isMissing, on }: RepairState): string {
  if (isMissing) return 'The recipe was repaired, and its repaired weights are not here: the file will be as pruned.';
  if (!report) return '';
  if (!isFresh)
    return 'The repair is of an earlier recipe and is left out: the file will be as pruned. Repair again to have it in.';
  if (!on) return 'Repaired is off: the file will be as pruned.';
  const { tensors, inputs, samples } = report.repair;
  const on_ = /^\d/.test(inputs) ? inputs : `${formatQuantity(samples, 'sample')} of ${inputs}`;
  return `The file will hold the repaired weights: ${formatQuantity(tensors.length, 'tensor')}, fitted to ${on_}.`;
}
