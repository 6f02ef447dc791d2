import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react';
import { formatBytes, formatCount, formatInteger, formatPercent } from '../../lib/numbers';
import { metrics } from '../../state/metrics';
import type { Snapshot } from '../../state/snapshots';
import { studio, useStudio } from '../../state/store';
import { metricText } from '../parts/quality/metricText';
import { evaluator, useEvaluation } from '../parts/quality/useEvaluation';
import { say } from '../parts/undoToast';
import { NameField } from './NameField';
import { PinButton } from './PinButton';
import classes from './SnapshotTable.module.css';
import { qualityIn, useCurrentSnapshot, useUnevaluated } from './snapshotFigures';
import { timeText } from './timeText';

/** One row for each, the newest first. */
export function SnapshotTable() {
  const snapshots = useStudio((state) => state.snapshots);
  const metric = useEvaluation((state) => state.metric);
  const inputs = useEvaluation((state) => state.inputs?.title);
  const current = useCurrentSnapshot();
  const hasMacs = snapshots.some(({ macs }) => macs !== undefined);
  const hasQuality = snapshots.some(({ quality }) => quality);
  return (
    <div>
      {/* Wide figures are scrolled to, by keys, too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <section className={classes.scroller} aria-label="Table of snapshots" tabIndex={0}>
        <table className={classes.table} aria-label="Snapshots">
          <thead>
            <tr>
              <th scope="col">Pin</th>
              <th scope="col">Name</th>
              <th scope="col">Taken</th>
              <th scope="col">Sparsity</th>
              {hasQuality && <th scope="col">{metrics[metric].label}</th>}
              <th scope="col">Size</th>
              {hasMacs && <th scope="col">MACs</th>}
              <th scope="col">
                <span className={classes.hidden}>What to do</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {snapshots.toReversed().map((snapshot) => (
              <tr key={snapshot.id} aria-current={snapshot.id === current}>
                <td>
                  <PinButton snapshot={snapshot} />
                </td>
                <th scope="row">
                  <NameField snapshot={snapshot} />
                </th>
                <td className={classes.dim} title={snapshot.what}>
                  {timeText(snapshot.at)}
                </td>
                <td>{snapshot.sparsity === undefined ? '—' : formatPercent(snapshot.sparsity)}</td>
                {hasQuality && <Quality snapshot={snapshot} inputs={inputs} />}
                <Size snapshot={snapshot} />
                {hasMacs && (
                  <td title={snapshot.macs === undefined ? undefined : formatInteger(snapshot.macs)}>
                    {snapshot.macs === undefined ? '—' : formatCount(snapshot.macs)}
                  </td>
                )}
                <td>
                  <Acts snapshot={snapshot} isCurrent={snapshot.id === current} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <RunOthers />
    </div>
  );
}

function Quality({ snapshot, inputs }: { readonly snapshot: Snapshot; readonly inputs: string | undefined }) {
  const metric = useEvaluation((state) => state.metric);
  const value = qualityIn(snapshot, metric);
  const isOfOthers = inputs !== undefined && snapshot.quality?.inputs !== inputs;
  return (
    <td
      className={isOfOthers ? classes.dim : undefined}
      title={value === undefined ? undefined : `On ${snapshot.quality?.inputs}`}
    >
      {value === undefined ? '—' : metricText(metric, value)}
      {value !== undefined && isOfOthers && <span className={classes.hidden}>, on other inputs</span>}
    </td>
  );
}

const sizesOf = { file: 'zeros do not shrink it', gzip: 'gzipped', slim: 'the slim model' } as const;

function Size({ snapshot: { bytes } }: { readonly snapshot: Snapshot }) {
  return (
    <td title={bytes && sizesOf[bytes.of]}>
      {bytes ? formatBytes(bytes.size) : '—'}
      {bytes && bytes.of !== 'file' && <span className={classes.dim}> {bytes.of}</span>}
    </td>
  );
}

function Acts({ snapshot, isCurrent }: { readonly snapshot: Snapshot; readonly isCurrent: boolean }) {
  const { id, name } = snapshot;
  const remove = () => {
    const { snapshots, pinned, removeSnapshot, restoreSnapshots, opened } = studio.getState();
    removeSnapshot(id);
    say(
      <span className={classes.said}>
        {name} is gone.
        <Button
          size="compact-sm"
          onClick={() => {
            if (studio.getState().opened !== opened) return;
            restoreSnapshots(
              [...studio.getState().snapshots, snapshot].sort((a, b) => a.at - b.at),
              pinned,
            );
            say(`${name} is back: ${snapshots.length} snapshots.`);
          }}
        >
          Undo
        </Button>
      </span>,
    );
  };
  return (
    <div className={classes.acts}>
      <Tooltip label={isCurrent ? 'This is the recipe at hand' : 'Back to it: undo brings back what is here now'}>
        <Button
          size="compact-xs"
          aria-label={`Back to ${name}`}
          leftSection={<IconArrowBackUp size={14} stroke={1.7} aria-hidden />}
          disabled={isCurrent}
          onClick={() => studio.getState().backTo(id)}
        >
          Back
        </Button>
      </Tooltip>
      <Tooltip label="Forget this snapshot">
        <ActionIcon size={24} aria-label={`Forget ${name}`} onClick={remove}>
          <IconTrash size={14} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

/** Those that were taken while the model did not run, or ran on other inputs. */
function RunOthers() {
  const recipes = useUnevaluated();
  const isBusy = useEvaluation(({ status }) => status.kind !== 'ready');
  if (recipes.length === 0) return null;
  return (
    <div className={classes.others}>
      <span>
        {recipes.length === 1 ? 'One is' : `${recipes.length} are`} without a figure of quality on the inputs at hand.
      </span>
      <Button size="compact-sm" disabled={isBusy} onClick={() => void evaluator().evaluateRecipes(recipes)}>
        Evaluate {recipes.length === 1 ? 'it' : 'them'}
      </Button>
    </div>
  );
}
