import { Button, NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { listed } from '../../lib/listed';
import { formatBytes, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import { loadLines } from '../../reports/loadLines';
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { downloadAll } from '../../state/download';
import type { LeanReport } from '../../state/exportSlice';
import { type LeanChoice, type LeanPlan, largestNarrowed, leanName, leanPlan } from '../../state/lean';
import { studio } from '../../state/store';
import type { StateDictFiles } from '../../tensors/capabilities';
import { labelOf } from '../../tensors/dtype';
import { type NarrowDtype, relativeError } from '../../tensors/narrowing';
import { CodeToCopy } from '../parts/code/CodeToCopy';
import classes from './LeanCheckpoint.module.css';
import { canSaveAs, pickDestination } from './savePicker';

const precisions = [
  { value: '', label: 'as they are' },
  { value: 'F16', label: 'f16' },
  { value: 'BF16', label: 'bf16' },
];
const fileKinds: readonly { readonly value: StateDictFiles; readonly label: string }[] = [
  { value: 'torch.save', label: 'PyTorch' },
  { value: 'safetensors', label: 'safetensors' },
];

/** One state dict of a training checkpoint, and nothing else: which, with how many bits, as what, and what that comes to. */
export function LeanCheckpoint({ checkpoint, isHidden }: { checkpoint: OpenedCheckpoint; isHidden: boolean }) {
  const { models, can, parts, size, compressedSize } = checkpoint;
  const [choice, setChoice] = useState<LeanChoice>(() => ({
    model: models[0]?.id ?? '',
    files: can.stateDict ?? 'safetensors',
  }));
  const [report, setReport] = useState<LeanReport>();
  const plan = useMemo(() => leanPlan(checkpoint, choice), [checkpoint, choice]);
  const choose = (change: Partial<LeanChoice>) => {
    setChoice({ ...choice, ...change });
    setReport(undefined);
  };
  const write = async (isSaved: boolean) => {
    const name = parts.length > 1 ? undefined : leanName(checkpoint, choice.files);
    const destination = isSaved ? await pickDestination(name) : undefined;
    if (isSaved && !destination) return;
    const made = await studio.getState().exportLean(choice, destination);
    if (!made) return;
    downloadAll(made.files);
    setReport(made);
  };
  const title = 'Lean checkpoint';
  return (
    <section className={classes.lean} aria-label={title} hidden={isHidden}>
      <h4>
        {title}{' '}
        <span className={classes.size}>
          {formatBytes(compressedSize ?? size)} → ≈ {formatBytes(plan.bytes)}
        </span>
      </h4>
      <p>{whatGoes(plan, checkpoint)}</p>
      <div className={classes.fields}>
        {models.length > 1 && (
          <NativeSelect
            label="Keep"
            value={choice.model}
            data={models.map(({ id, title: label }) => ({ value: id, label }))}
            onChange={(event) => choose({ model: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          label="Weights"
          value={choice.precision ?? ''}
          data={precisions}
          onChange={({ currentTarget: { value } }) =>
            choose({ precision: (value || undefined) as NarrowDtype | undefined })
          }
        />
        <NativeSelect
          label="File"
          value={choice.files}
          data={fileKinds}
          onChange={(event) => choose({ files: event.currentTarget.value as StateDictFiles })}
        />
        <div className={classes.buttons}>
          {canSaveAs(parts.length > 1 ? undefined : '') && (
            <Button aria-label={`Save to…: ${title}`} onClick={() => write(true)}>
              Save to…
            </Button>
          )}
          <Button aria-label={`Download: ${title}`} onClick={() => write(false)}>
            Download
          </Button>
        </div>
      </div>
      <Ahead checkpoint={checkpoint} choice={choice} plan={plan} />
      <div role="status">{report && <Made report={report} choice={choice} />}</div>
    </section>
  );
}

/** Worth saying where much of the file is something else. */
export function hasMuchElse(checkpoint: OpenedCheckpoint): boolean {
  const { can, models, size } = checkpoint;
  if (!can.stateDict) return false;
  const plan = leanPlan(checkpoint, { model: models[0]?.id ?? '', files: can.stateDict });
  return plan.bytes < (1 - muchElse) * size;
}

const muchElse = 0.1;

function whatGoes({ entries, filled, left: { optimizer, others } }: LeanPlan, { models }: OpenedCheckpoint): string {
  const without = [
    ...(optimizer.tensors > 0
      ? [`${formatQuantity(optimizer.tensors, 'tensor')} of training (${formatBytes(optimizer.bytes)})`]
      : []),
    ...(others.tensors > 0
      ? [
          `${formatQuantity(others.tensors, 'tensor')} of ${models.length > 1 ? 'other models' : 'other dicts'} (${formatBytes(others.bytes)})`,
        ]
      : []),
    'whatever is no tensor (epochs, schedulers, arguments, code)',
  ];
  const added = filled > 0 ? ` ${formatQuantity(filled, 'tensor')} that the copy lacks are its original’s.` : '';
  return `One state dict for load_state_dict, ${formatQuantity(entries.length, 'tensor')} with the recipe applied, without ${listed(without)}.${added}`;
}

function Ahead(props: { checkpoint: OpenedCheckpoint; choice: LeanChoice; plan: LeanPlan }) {
  const { checkpoint, choice, plan } = props;
  const largest = useMemo(() => largestNarrowed(checkpoint, plan, choice), [checkpoint, plan, choice]);
  if (!choice.precision || !largest) return null;
  const label = labelOf(choice.precision);
  if (largest.overflowing === 0) {
    return (
      <p>
        None becomes infinite: the largest is {formatValue(largest.magnitude)}. What {label} cannot hold is rounded, and
        said here once it is written.
      </p>
    );
  }
  return (
    <p className={classes.warning}>
      {formatQuantity(largest.overflowing, 'tensor')} would have infinite weights as {label}: {largest.name} has one of{' '}
      {formatValue(largest.magnitude)}.{' '}
      {choice.precision === 'F16' ? 'bf16 reaches as far as f32.' : 'Leave them as they are.'}
    </p>
  );
}

function Made({ report: { files, holds, loss }, choice }: { report: LeanReport; choice: LeanChoice }) {
  const [first, ...others] = files;
  if (!first) return null;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const what = holds
    ? `${first.name} with ${holds.length} files`
    : others.length > 0
      ? `${files.length} files`
      : first.name;
  const lost = loss && [
    `off by ${formatPercent(relativeError(loss), 3)} of their norm`,
    `${formatQuantity(loss.overflowed, 'weight')} became infinite`,
    `${formatQuantity(loss.vanished, 'weight')} became zero`,
  ];
  const names = (holds ?? files).map(({ name }) => name);
  return (
    <>
      <p className={classes.made}>
        {what} {first.file ? 'in your downloads' : 'saved where you chose'}, {formatBytes(size)}
        {lost && `; weights ${lost.join(', ')}`}
      </p>
      <CodeToCopy
        title="Load it in Python"
        code={loadLines({ can: { script: choice.files }, container: '', names }).join('\n')}
      />
    </>
  );
}
