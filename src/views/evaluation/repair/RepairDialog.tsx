import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { RepairedTensor } from '../../../state/repairState';
import { screen, useScreen } from '../../../state/screen';
import { studio } from '../../../state/store';
import { TakenTable } from '../../charts/take/TakenTable';
import { DialogFrame } from '../../parts/frames/DialogFrame';
import { useRepair } from '../../parts/quality/useRepair';
import dialog from '../Dialog.module.css';
import { changedText, fittedText, lossText, offText, reasons, wonText } from './changes';
import classes from './RepairDialog.module.css';

/** By layer what a repair changed and why, how far its output was off, and what was left out. */
export function RepairDialog() {
  const isShown = useScreen((state) => state.dialog === 'repair');
  const hasReport = useRepair(({ report }) => report !== null);
  return (
    <DialogFrame
      opened={isShown && hasReport}
      onClose={screen.getState().close}
      title="What the repair changed"
      width={760}
    >
      {isShown && hasReport && <Body />}
    </DialogFrame>
  );
}

function Body() {
  const repair = useRepair(({ report }) => report?.repair);
  const isFresh = useRepair((state) => state.isFresh);
  if (!repair) return null;
  return (
    <div className={dialog.body}>
      <p className={dialog.help}>
        {changedText(repair)} {fittedText(repair)} No label was used, and every weight that was pruned is still zero.
        {!isFresh && ' This is of an earlier recipe.'}
      </p>
      <Changes tensors={repair.tensors} />
      {repair.leftOut.length > 0 && (
        <section aria-label="Left as they were">
          <h3 className={dialog.caption}>Left as they were</h3>
          <ul className={dialog.remarks}>
            {repair.leftOut.map(({ tensor, name, reason }) => (
              <li key={tensor}>
                <bdi>{name}</bdi>: {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={dialog.buttons}>
        <p>The recipe and this file together repeat the repair elsewhere.</p>
        <Button
          size="sm"
          leftSection={<IconDownload size={16} stroke={1.7} />}
          onClick={() => void studio.getState().saveRepair()}
        >
          Save the repaired weights
        </Button>
        <Button size="sm" variant="filled" onClick={screen.getState().close} data-autofocus>
          Close
        </Button>
      </div>
    </div>
  );
}

function Changes({ tensors }: { readonly tensors: readonly RepairedTensor[] }) {
  const most = Math.max(0, ...tensors.map(({ before = 0 }) => before).filter(Number.isFinite));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={dialog.scroller} tabIndex={0} aria-label="Repaired tensors">
      <TakenTable title="Repaired layers">
        <table className={dialog.table} aria-label="Repaired layers">
          <thead>
            <tr>
              <th scope="col">Tensor</th>
              <th scope="col">Why it changed</th>
              <th scope="col">Its output is off by</th>
            </tr>
          </thead>
          <tbody>
            {tensors.map((each) => (
              <tr key={each.tensor}>
                <th scope="row">
                  <bdi>{each.name}</bdi>
                </th>
                <td>{reasons[each.role]}</td>
                <td className={classes.off} title={lossText(each)}>
                  {each.before !== undefined && each.after !== undefined && (
                    <>
                      {offText(each.before)} → <b>{offText(each.after)}</b>
                      <span className={classes.won}> {wonText(each)}</span>
                      <Bar of="pruned" value={each.before} most={most} />
                      <Bar of="repaired" value={each.after} most={most} />
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TakenTable>
    </section>
  );
}

interface BarProps {
  readonly of: 'pruned' | 'repaired';
  readonly value: number | undefined;
  readonly most: number;
}

function Bar({ of, value, most }: BarProps) {
  if (value === undefined || most === 0) return null;
  const share = Number.isFinite(value) ? Math.min(1, value / most) : 1;
  return <div data-of={of} style={{ width: `${share * 100}%` }} />;
}
